/** `node --import` of this file lets a program outside of a package import `nfold` from this checkout. */
import { resolveOwnNames } from '../../src/catalog/resolve.ts';

resolveOwnNames(process.cwd());
