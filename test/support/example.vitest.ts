/** The configuration for tests of another project that import `nfold` from this checkout. */
import usual from '../../vitest.config.ts';

export default { resolve: usual.resolve };
