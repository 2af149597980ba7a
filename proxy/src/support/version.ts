/** Of this build: spoken to the operator and in `user-agent`. A test holds it to package.json. */
export const VERSION = '0.1.0';
