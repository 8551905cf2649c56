/** Prints how many jobs one Postgres lets workers take and finish a second: `node bench/queue.ts postgres://user@host/database [jobs]`. */
import { randomBytes } from 'node:crypto';
import { openQueue } from '../src/queue/open.ts';
import { jobOf } from '../test/support/fleet.ts';

const [url, count = '2000'] = process.argv.slice(2);
const recordBytes = 200_000;
const workers = 8;

if (url === undefined) {
  console.error('Give the address of a Postgres for it alone: node bench/queue.ts postgres://user@host/database');
  process.exitCode = 2;
} else {
  const queue = await openQueue({ url, maxWaiting: Number(count) });
  const run = randomBytes(4).toString('hex');
  const jobs = Array.from({ length: Number(count) }, (_, i) => ({ key: `${run} ${i}`, job: jobOf(`${i}`) }));
  const sending = await seconds(() => queue.send(jobs));
  const record = randomBytes(recordBytes / 2).toString('hex');
  let done = 0;
  const working = await seconds(() =>
    Promise.all(
      Array.from({ length: workers }, async (_, i) => {
        const own = await openQueue({ url, owner: false });
        for (;;) {
          const lease = await own.take({ name: `host${i}`, class: 'bench' });
          if (!lease) break;
          if (await lease.finish({ record, interrupted: false }, null)) done++;
        }
        await own.close();
      }),
    ),
  );
  const polls = 500;
  const polling = await seconds(async () => {
    for (let i = 0; i < polls; i++) await queue.take({ name: 'host', class: 'bench' });
  });
  await queue.close();
  const rate = (n: number, time: number) => `${(n / time).toFixed(0)} a second`;
  console.log(`sent:                                              ${rate(jobs.length, sending)}`);
  console.log(`taken and finished by ${workers}, records of ${recordBytes / 1000} kB:          ${rate(done, working)}`);
  console.log(`asked for work in vain, one after the other:       ${rate(polls, polling)}`);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
