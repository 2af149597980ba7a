// Jest transformer: strips TypeScript types with Node's own stripper, so tests need no compiler and keep line numbers.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

const own = readFileSync(new URL(import.meta.url));

export default {
  process(source) {
    return { code: stripTypeScriptTypes(source, { mode: 'strip' }) };
  },
  // The transformer's own text is part of the key: otherwise an edit here is served from a stale cache.
  getCacheKey(source, path, options) {
    return createHash('sha256')
      .update([process.version, options.configString, String(options.instrument), path, source].join('\0'))
      .update(own)
      .digest('hex');
  },
};
