// Row 11: what a decision of the gate costs with its durable row, against Cedar alone on the same questions;
// an explanation of a denial; and what leaves where the operator has given a thousand exceptions.
import { loadHost } from './bundle.mjs';
import { makeHome, openKernel } from './home.mjs';
import { fsyncFloor, median, percentile, timed } from './measure.mjs';
import { against, ms, perSecond, verdict } from './table.mjs';

const DECISIONS = 1000;
const WARM_UP = 100;
const CALLERS = 64;
const CALLERS_MILLIS = 3000;
const EXCEPTIONS = 1000;
const LEAVINGS = 200;
const TARGET = { one: 0.6, cedar: 0.25, rate: 3000, p99: 40, explained: 5, standing: 2 };
const CAPABILITY = 'bench.send@1.0.0';
const YEAR = 365 * 24 * 3_600_000;

export async function gate() {
  const home = await makeHome();
  const floor = fsyncFloor(home.directory);
  const kernel = await openKernel(home);
  try {
    return [
      ...(await decisions(kernel, floor)),
      await callers(kernel),
      await explanation(kernel),
      await standing(kernel),
    ];
  } finally {
    await kernel.close();
  }
}

let asked = 0;

/** A question that nobody has asked: its size is another each time, so no verdict is remembered. */
function question(bytes = 1_000_000 + (asked += 1)) {
  return {
    action: 'ingest',
    principal: { kind: 'agent', id: 'bench' },
    session: { id: 'bench', tenant: 'local' },
    tenant: 'local',
    class: 'pii.attachment',
    bytes,
    limit: 2_000_000_000,
    senderAllowed: false,
  };
}

async function decisions({ gate: judge, engine }, floor) {
  const times = { fresh: [], known: [], cedar: [] };
  const admit = (about) => judge.admit([judge.judge(about)]);
  for (let round = 0; round < WARM_UP + DECISIONS; round += 1) {
    const [fresh, known, alone] = [question(), question(1), question()];
    const spent = {
      fresh: await timed(() => admit(fresh)),
      known: await timed(() => admit(known)),
      cedar: await timed(() => engine.weigh(alone)),
    };
    if (round >= WARM_UP) for (const name of Object.keys(times)) times[name].push(spent[name]);
  }
  const row = (name, spent) => ({
    row: `11 a decision with its durable row, one caller, ${name}`,
    measured: `p50 ${ms(median(spent))}, p99 ${ms(percentile(spent, 0.99))}`,
    target: `p50 ${ms(TARGET.one)}`,
    peers: [
      `Cedar alone ${ms(median(times.cedar))} (target ${ms(TARGET.cedar)})`,
      against(`fsync (${ms(floor)})`, median(spent), floor),
    ],
    verdict: `${verdict(median(spent), TARGET.one)}, ${verdict(median(times.cedar), TARGET.cedar)}`,
  });
  return [row('a question never asked before', times.fresh), row('one asked before', times.known)];
}

async function callers({ gate: judge }) {
  const times = [];
  const started = performance.now();
  const end = started + CALLERS_MILLIS;
  const caller = async () => {
    while (performance.now() < end)
      times.push(await timed(() => judge.admit([judge.judge(question())])));
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const rate = (times.length * 1000) / (performance.now() - started);
  const p99 = percentile(times, 0.99);
  return {
    row: `11 decisions with their durable rows, ${CALLERS} callers, each never asked before`,
    measured: `${perSecond(rate)}, p99 ${ms(p99)}`,
    target: `${perSecond(TARGET.rate)}, p99 ${ms(TARGET.p99)}`,
    verdict: `${verdict(rate, TARGET.rate, true)}, ${verdict(p99, TARGET.p99)}`,
  };
}

/** A default deny, which names the conditions that were not met; the first one makes the means for it. */
async function explanation({ engine }) {
  const tooLarge = () => engine.decide(question(3_000_000_000 + (asked += 1)));
  const first = await timed(() => tooLarge());
  const times = [];
  for (let round = 0; round < DECISIONS; round += 1) times.push(await timed(() => tooLarge()));
  if (tooLarge().unmet?.length !== 1) throw new Error('nothing was explained');
  return {
    row: '11 a denial and its explanation',
    measured: `p50 ${ms(median(times))}, p99 ${ms(percentile(times, 0.99))}`,
    target: ms(TARGET.explained),
    peers: `the first of its kind ${ms(first)}`,
    verdict: verdict(percentile(times, 0.99), TARGET.explained),
  };
}

/** One exception that covers, alone; then beside others for other hosts, and for other runs. */
async function standing(kernel) {
  const one = await leave(kernel, 'alone.example');
  const elsewhere = await leave(kernel, 'elsewhere.example', (i) => ({ target: `h${i}.example` }));
  const sameHost = await leave(kernel, 'shared.example', (i) => ({ scope: { run: `r_${i}` } }));
  const worst = Math.max(elsewhere, sameHost) / one;
  return {
    row: `11 something leaves by an exception, beside ${EXCEPTIONS} others`,
    measured: `for other hosts ${ms(elsewhere)}, for the same host ${ms(sameHost)}`,
    target: `under ${TARGET.standing} × one alone`,
    peers: [
      `one alone ${ms(one)}`,
      ...[elsewhere, sameHost].map((millis) => `${(millis / one).toFixed(2)} ×`),
    ],
    verdict: verdict(worst, TARGET.standing),
  };
}

async function leave(kernel, host, others) {
  const target = `${host}:443`;
  for (let i = 0; others !== undefined && i < EXCEPTIONS; i += 1)
    await except(kernel, { target, ...others(i) });
  await except(kernel, { target }); // the last one that is looked at
  const source = await sourceOf();
  const times = [];
  for (let round = 0; round < LEAVINGS; round += 1)
    times.push(await timed(() => kernel.egress.admit(source, { sink: 'http', target, bytes: 1 })));
  return median(times);
}

async function except({ approvals, exceptionRequest }, changes) {
  const { id, digest } = await approvals.request(
    exceptionRequest({
      capability: CAPABILITY,
      publisher: 'bench',
      sink: 'http.public',
      label: ['pii.redacted'],
      scope: { run: 'r_bench' },
      maxBytes: 1_000_000,
      maxUses: 1_000_000,
      expires: Date.now() + YEAR,
      ...changes,
    }),
  );
  await approvals.approve(id, { digest, by: 'operator' });
}

async function sourceOf() {
  const { labelOf } = await loadHost();
  return {
    caller: { kind: 'agent', id: 'bench' },
    plugin: {
      kind: 'plugin',
      id: CAPABILITY,
      capabilityKind: 'action',
      verified: true,
      revoked: false,
      enabled: true,
      publisher: 'bench',
      effects: ['net.http'],
    },
    hosts: [],
    label: labelOf(['pii.redacted']),
    place: { session: 'bench', run: 'r_bench', call: 'c_bench' },
  };
}
