import type {
  CatalogModel,
  CatalogVendor,
  ModelProviderSpec,
  ProviderAuth,
  ProviderModel,
  ProviderResource,
  UpstreamDialectId,
} from '@headgate/crds';
import type { Catalogue } from './catalogue.ts';
import { compileAlternatives } from './compile-alternatives.ts';
import { compileModels } from './compile-models.ts';
import { choiceOf, type Fields, fieldsOf, integerOf } from './fields.ts';
import { type Findings, quoted } from './findings.ts';
import type { HeldFacts } from './held-facts.ts';
import { modelOffer } from './model-offer.ts';
import { type NamespaceAccess, readNamespaceAccess } from './namespace-access.ts';
import type { IdentifiedObject } from './object-identity.ts';
import type { ObjectScope } from './object-scope.ts';
import { providerListing } from './provider-listing.ts';
import type { ProviderOffer } from './provider-offer.ts';
import { readCircuitBreaker, readHeaders, readTimeouts } from './provider-settings.ts';
import { resolveAddress } from './resolve-address.ts';
import { resolveAuth } from './resolve-auth.ts';
import { resolveCredentials } from './resolve-credentials.ts';
import { resolveTls } from './resolve-tls.ts';
import { vendorLayout } from './vendor-layout.ts';
import { readVendorParameters } from './vendor-parameters.ts';
import { withholdIdentity } from './withhold-identity.ts';

/** A provider as the policy compiler sees it. */
export interface CompiledProvider {
  /** Absent when the object as a whole cannot be used. */
  readonly body: ProviderResource | undefined;
  readonly mayRouteFrom: NamespaceAccess;
  readonly offer: ProviderOffer;
}

/** What an object calls a dialect -> its forms; a vendor speaks at most one of them. */
const DIALECTS: Readonly<Record<NonNullable<ModelProviderSpec['dialect']>, readonly UpstreamDialectId[]>> = {
  OpenAIChat: ['openai-chat'],
  OpenAIResponses: ['openai-responses'],
  AnthropicMessages: ['anthropic-messages', 'anthropic-bedrock', 'anthropic-vertex'],
  Gemini: ['gemini'],
  Cohere: ['cohere'],
  Ollama: ['ollama'],
};

const NO_AUTH: ProviderAuth = { type: 'None' };

const DIALECT_NAMES = 'OpenAIChat, OpenAIResponses, AnthropicMessages, Gemini, Cohere or Ollama';

export interface ProviderSources {
  readonly catalogue: Catalogue;
  readonly held: HeldFacts;
}

/** Compiles one ModelProvider; what is wrong with it goes to the findings of the scope. */
export function compileProvider(scope: ObjectScope, { catalogue, held }: ProviderSources, object: IdentifiedObject): CompiledProvider {
  const { findings } = scope;
  const spec = fieldsOf(object.spec);
  const vendorName = typeof spec['type'] === 'string' ? spec['type'] : '';
  const findCatalogued = (name: string): CatalogModel | undefined => catalogue.findModel(vendorName, name);
  const declared = compileModels(spec['models'], findCatalogued, findings);
  const refusesUnpriced = spec['unpriced'] === 'Refuse';
  const mayRouteFrom = readNamespaceAccess(scope, spec['allowedNamespaces']);
  const vendor = catalogue.findVendor(vendorName);
  if (vendor === undefined) {
    const message = `\`type\` ${quoted(spec['type'])} is not a vendor of the catalogue; use Custom with a \`dialect\``;
    if (vendorName === '') findings.invalid('`type` must name a vendor of the catalogue');
    else findings.unsupported(message);
    return { body: undefined, mayRouteFrom, offer: modelOffer({ declared, findCatalogued, refusesUnpriced }) };
  }
  const own = [...declared.exact.values()];
  noteUnpriced(own, refusesUnpriced, findings);
  const body = compileBody(scope, object, vendor, { own, discovers: declared.patterns.length > 0 });
  const { listing } = body;
  const discovery =
    listing === undefined
      ? {}
      : { discovery: { listing: scope.world.listings?.get(listing.subject), held: held.of(object.key, object.identity) } };
  const offer = modelOffer({ declared, findCatalogued, refusesUnpriced, ...discovery });
  return { body: findings.usable ? body : undefined, mayRouteFrom, offer };
}

function compileBody(
  scope: ObjectScope,
  object: IdentifiedObject,
  vendor: CatalogVendor,
  models: { readonly own: readonly ProviderModel[]; readonly discovers: boolean },
): ProviderResource {
  const { findings } = scope;
  const spec = fieldsOf(object.spec);
  const dialect = readDialect(spec, vendor, findings);
  const parameters = readVendorParameters(spec, vendor, findings);
  const layout = vendorLayout(vendor, dialect, parameters, findings);
  const address = resolveAddress(scope, spec, layout);
  const { auth, fileAuth } = resolveAuth(spec, { data: vendor, dialect }, parameters, findings);
  const { credentials, withheld: keysWithheld } = resolveCredentials(scope, spec['credentials'], address.hosts, fileAuth);
  const tls = resolveTls(scope, spec['tls']);
  const withheld = withholdIdentity(scope, spec) || keysWithheld;
  const alternatives = withheld ? [] : compileAlternatives(spec, vendor, parameters, findings);
  const listing = models.discovers ? providerListing({ object, vendor, dialect, parameters, address }, findings) : undefined;
  const concurrency = integerOf(spec['concurrency'], 1, 100_000);
  return {
    type: 'provider',
    ...object.identity,
    vendor: String(spec['type']),
    dialect,
    // Without a usable key or trustworthy roots nothing may be dialled: no address, so that traffic goes elsewhere.
    origins: withheld || tls.withheld ? [] : address.origins,
    basePath: address.basePath,
    ...(layout.paths === undefined ? {} : { paths: layout.paths }),
    ...(alternatives.length === 0 ? {} : { alternatives }),
    // A proxy refuses authentication that lacks its key, and with it the whole provider.
    auth: withheld ? NO_AUTH : auth,
    headers: readHeaders(spec['headers'], findings),
    credentials,
    models: models.own,
    timeouts: readTimeouts(spec['timeouts'], findings),
    circuitBreaker: readCircuitBreaker(spec['circuitBreaker'], findings),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(tls.tls === undefined ? {} : { tls: tls.tls }),
    quirks: layout.quirks,
    privateAddressesAllowed: address.privateAddressesAllowed,
    ...(listing === undefined ? {} : { listing }),
  };
}

function readDialect(spec: Fields, vendor: CatalogVendor, findings: Findings): UpstreamDialectId {
  const given = spec['dialect'];
  if (given === undefined || given === null) {
    if (spec['type'] === 'Custom') findings.invalid(`\`dialect\` must be given when \`type\` is Custom: ${DIALECT_NAMES}`);
    return vendor.dialects[0];
  }
  const name = choiceOf(given, ['OpenAIChat', 'OpenAIResponses', 'AnthropicMessages', 'Gemini', 'Cohere', 'Ollama']);
  if (name === undefined) findings.unsupported(`\`dialect\` ${quoted(given)} must be ${DIALECT_NAMES}`);
  const spoken = name === undefined ? undefined : vendor.dialects.find((dialect) => DIALECTS[name].includes(dialect));
  if (name !== undefined && spoken === undefined) {
    findings.partial(`\`dialect\` ${quoted(given)} is not one that the vendor speaks; the first of the catalogue is used`);
  }
  return spoken ?? vendor.dialects[0];
}

function noteUnpriced(models: readonly ProviderModel[], refused: boolean, findings: Findings): void {
  const unpriced = models.filter((model) => model.pricing === undefined).map((model) => quoted(model.name));
  if (unpriced.length === 0) return;
  const names = unpriced.slice(0, 5).join(', ') + (unpriced.length > 5 ? ` and ${unpriced.length - 5} more` : '');
  if (refused) findings.partial(`no price is known for ${names}: not offered, because \`unpriced\` is Refuse`);
  else findings.note(`no price is known for ${names}: requests are counted as unpriced`);
}
