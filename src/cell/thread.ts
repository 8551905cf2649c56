/** One thread of the pool: it sleeps until it is woken, takes a new task if there is one, spins until the start, runs, and says done. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { count, reach, setStack, type ThreadTask, word } from './pool.ts';
import { openSchedstat } from './schedstat.ts';

const { control, port, wake } = workerData as { control: Int32Array; port: MessagePort; wake: number };
/** Whether there is a task, even one that could not be prepared. */
let active = false;
let run: (() => void) | null = null;
let woken = wake;

function prepare(task: ThreadTask): () => void {
  const instance = new WebAssembly.Instance(task.module, { env: { memory: task.memory, mark() {} } });
  setStack(instance, task.stack);
  const kernel = instance.exports.run as (...args: number[]) => void;
  return () => kernel(...task.args);
}

/** A message keeps the words and the stack of an error, and not its class, which has to be among the words. */
const failureOf = (error: unknown) => Object.assign(new Error(String(error)), { stack: (error as Error).stack });

parentPort?.postMessage(openSchedstat());
for (;;) {
  Atomics.wait(control, word.wake, woken);
  woken = Atomics.load(control, word.wake);
  let failure: Error | null = null;
  try {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      run = null;
      active = next.message !== null;
      if (active) run = prepare(next.message);
    }
  } catch (error) {
    failure = failureOf(error);
  }
  const standing = Atomics.load(control, word.go);
  count(control, word.awake);
  if (!active) continue;
  reach(control, word.go, standing + 1);
  try {
    run?.();
  } catch (error) {
    failure = failureOf(error);
  }
  if (failure !== null) port.postMessage(failure);
  count(control, word.done);
}
