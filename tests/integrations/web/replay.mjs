// Replays the traces that vectors.py has written, and compares what comes of each key.
//
// Integers and texts must be equal. Confidences may differ by rounding, since exponentials are not
// the same to the last bit; where a text differs, it counts as a tie if the confidence in Python is
// that close to another decision, and ties are named.
import { loadModel } from '../../../integrations/web/src/engine/model.mjs';
import { finish } from '../../../integrations/web/src/engine/stream.mjs';

export const TOLERANCE = 5e-3; // of a confidence
const INTEGERS = ['kept', 'dropped', 'stepped', 'held'];
const SHOWN = 40; // differences that are reported in full

/**
 * @param {any[]} traces
 * @param {(model: string) => Promise<Record<string, Uint8Array>>} filesOf
 * @param {WebAssembly.Module} kernel
 */
export async function replay(traces, filesOf, kernel) {
  const models = new Map();
  const report = { keys: 0, steps: 0, suggestions: 0, worst: 0, differences: [], milliseconds: 0 };
  for (const trace of traces) {
    if (!models.has(trace.model)) models.set(trace.model, await loadModel(await filesOf(trace.model), kernel));
    replayTrace(models.get(trace.model), trace, report);
  }
  return report;
}

function replayTrace(model, trace, report) {
  const session = model.session(trace.language);
  const { threshold, max_tokens: maxTokens } = trace;
  const begin = performance.now();
  trace.keys.forEach((key, at) => {
    const { kept, dropped, stepped, held } = finish(session.sync(key.before, key.after));
    if (key.rest) finish(session.learn());
    const found = finish(session.suggest({ maxTokens, deadlineMs: null, threshold }));
    const expected = trace.expected[at];
    const seen = { kept, dropped, stepped, held, steps: session.steps, text: found?.text ?? null };
    const wrong = [...INTEGERS, 'text', 'steps'].filter((name) => seen[name] !== expected[name]);
    const apart = Math.abs((found?.confidence ?? 0) - (expected.confidence ?? 0));
    report.keys++;
    report.suggestions += found ? 1 : 0;
    if (seen.text === expected.text) report.worst = Math.max(report.worst, apart);
    if (apart > TOLERANCE && seen.text === expected.text) wrong.push('confidence');
    if (!wrong.length) return;
    const place = { trace: `${trace.model}: ${trace.name}`, at, wrong };
    const detail = { caret: key.before.slice(-30), seen: { ...seen, confidence: found?.confidence }, expected };
    report.differences.push(report.differences.length < SHOWN ? { ...place, ...detail } : place);
  });
  report.steps += session.steps;
  report.milliseconds += performance.now() - begin;
  session.release();
}
