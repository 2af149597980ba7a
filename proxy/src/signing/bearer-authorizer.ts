import type { Authorization, Authorizer } from './authorizer.ts';
import type { Obtain } from './obtained.ts';
import { type Held, Renewal, type RenewalDeps } from './renewal.ts';

/** Sends a token that is renewed in time as `Authorization: Bearer`. */
export class BearerAuthorizer implements Authorizer {
  readonly signsBody = false;
  readonly #renewal: Renewal<Authorization>;

  constructor(obtain: Obtain<string>, deps: RenewalDeps) {
    // The header is built once per token, not once per request.
    this.#renewal = new Renewal(async () => {
      const obtained = await obtain();
      if (obtained.type === 'failure') return obtained;
      return { ...obtained, value: { type: 'headers', headers: ['authorization', `Bearer ${obtained.value}`] } };
    }, deps);
  }

  authorize(): Authorization | Promise<Authorization> {
    const held = this.#renewal.get();
    return held instanceof Promise ? held.then(unwrap) : unwrap(held);
  }

  discard(): void {
    this.#renewal.discard();
  }
}

function unwrap(held: Held<Authorization>): Authorization {
  return held.type === 'value' ? held.value : held;
}
