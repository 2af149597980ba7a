import type { Condition, ConditionReason, DataplaneStatus } from '@headgate/crds';
import type { ObjectDiagnostics, Verdict } from '../compile/compilation.ts';
import type { Programming } from './acknowledgements.ts';
import type { Health } from './health-condition.ts';

const MAX_MESSAGE = 4096;
const MAX_REJECTED = 16;
const MAX_REJECT_REASON = 1024;

export interface ConditionInput {
  readonly diagnostics: ObjectDiagnostics;
  readonly programming: Programming;
  /** Only providers have it. */
  readonly health?: Health;
  /** Conditions that the object has now; the times in them are kept where the status is the same. */
  readonly previous: readonly Condition[] | undefined;
  /** RFC 3339. */
  readonly now: string;
}

type Draft = Pick<Condition, 'status' | 'reason' | 'message'>;

/**
 * The whole list of conditions of an object, always in the same order: Accepted, ResolvedRefs, Programmed, Healthy
 * (providers), Conflicted (only while true), Ready. `lastTransitionTime` moves only when the status changes.
 */
export function buildConditions(input: ConditionInput): readonly Condition[] {
  const { accepted, resolvedRefs, conflicted } = input.diagnostics;
  const programmed = programmedCondition(input.diagnostics, input.programming);
  const drafts: readonly (readonly [type: string, draft: Draft])[] = [
    ['Accepted', accepted],
    ['ResolvedRefs', resolvedRefs],
    ['Programmed', programmed],
    ...(input.health === undefined ? [] : [['Healthy', input.health] as const]),
    ...(conflicted === undefined ? [] : [['Conflicted', conflicted] as const]),
    ['Ready', readyCondition(accepted, resolvedRefs, programmed)],
  ];
  return drafts.map(([type, { status, reason, message }]) => {
    const before = input.previous?.find((condition) => condition.type === type);
    return {
      type,
      status,
      reason,
      message: message.slice(0, MAX_MESSAGE),
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : input.now,
      observedGeneration: input.diagnostics.generation,
    };
  });
}

/** `status.dataplane`. A form that is not accepted is on no proxy, even while the last good one serves. */
export function dataplaneStatus(diagnostics: ObjectDiagnostics, programming: Programming): DataplaneStatus {
  const { revision, total } = programming;
  if (diagnostics.accepted.status === 'False') return { revision, applied: 0, total };
  const rejected = programming.rejected
    .slice(0, MAX_REJECTED)
    .map(({ proxy, reason }) => ({ proxy, reason: reason.slice(0, MAX_REJECT_REASON) }));
  return { revision, applied: programming.applied, total, ...(rejected.length === 0 ? {} : { rejected }) };
}

/** `3/3`: proxies that hold the present form / proxies connected. */
export function programmedText({ applied, total }: DataplaneStatus): string {
  return `${applied}/${total}`;
}

function programmedCondition(diagnostics: ObjectDiagnostics, programming: Programming): Draft {
  const { applied, total, rejected } = programming;
  const share = `${applied} of ${total} proxies`;
  if (diagnostics.accepted.status === 'False')
    return notProgrammed('Pending', 'nothing is sent to the proxies until the object is accepted');
  if (total === 0) return notProgrammed('NoProxies', 'no proxy is connected; check the proxy Deployment and that it reaches the operator');
  const [first] = rejected;
  if (first !== undefined) {
    return notProgrammed(
      'Rejected',
      `${share} hold the object; ${first.proxy} refused it: ${first.reason}; the last good form keeps serving there`,
    );
  }
  if (programming.revision > 0 && applied === total) {
    return { status: 'True', reason: 'Programmed' satisfies ConditionReason<'Programmed'>, message: `${share} hold the object` };
  }
  return applied > 0
    ? notProgrammed('PartiallyProgrammed', `${share} hold the object; the others have not answered yet`)
    : notProgrammed('Pending', `the object is on its way to ${total} proxies`);
}

function notProgrammed(reason: ConditionReason<'Programmed'>, message: string): Draft {
  return { status: 'False', reason, message };
}

function readyCondition(accepted: Verdict, resolvedRefs: Verdict, programmed: Draft): Draft {
  if (accepted.status === 'False') return notReady('NotAccepted', accepted.message);
  if (resolvedRefs.status === 'False') return notReady('UnresolvedRefs', resolvedRefs.message);
  if (programmed.status === 'False') return notReady('NotProgrammed', programmed.message);
  return { status: 'True', reason: 'Ready' satisfies ConditionReason<'Ready'>, message: 'accepted, resolved and held by every proxy' };
}

function notReady(reason: ConditionReason<'Ready'>, message: string): Draft {
  return { status: 'False', reason, message };
}
