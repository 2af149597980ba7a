import { modelNameRule } from './model-name-rule.ts';
import type { Rule } from './rule.ts';

/** Twins of the CEL rules of crds/manifests/modelconsumers.yaml. */
export const CONSUMER_RULES: readonly Rule[] = [modelNameRule('ModelConsumer')];
