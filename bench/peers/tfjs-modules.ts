/**
 * tfjs' gradients and chained operators, which its build for Node leaves out. They are ES modules written for bundlers: imports
 * without an ending, in a package that does not say `module`. Import hooks supply both; what the modules register is global, so
 * the build for Node finds it.
 */
import { registerHooks } from 'node:module';

const sources = /\/tfjs-core\/dist\/(?!.*\.node\.js$)/;

export async function registerGradients(): Promise<void> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (!specifier.startsWith('.') || specifier.endsWith('.js') || !sources.test(context.parentURL ?? '')) {
        return next(specifier, context);
      }
      try {
        return next(`${specifier}.js`, context);
      } catch {
        return next(`${specifier}/index.js`, context);
      }
    },
    load: (url, context, next) => next(url, sources.test(url) ? { ...context, format: 'module' } : context),
  });
  await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  await import('@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js');
  hooks.deregister();
}
