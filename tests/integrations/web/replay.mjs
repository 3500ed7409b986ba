// Replays the traces that vectors.py has written, and compares what comes of each key.
//
// Integers and texts must be equal. Confidences may differ by rounding, since exponentials are not
// the same to the last bit; where a text differs, it counts as a tie if the confidence in Python is
// that close to another decision, and ties are named.
import { Family } from '../../../integrations/web/src/engine/family.mjs';
import { Project } from '../../../integrations/web/src/engine/project.mjs';
import { finish } from '../../../integrations/web/src/engine/stream.mjs';

export const TOLERANCE = 5e-3; // of a confidence
const INTEGERS = ['kept', 'dropped', 'stepped', 'held'];
const SHOWN = 40; // differences that are reported in full

/**
 * @param {any[]} traces
 * @param {(model: string, path: string) => Promise<Uint8Array>} read a file of a model directory
 * @param {WebAssembly.Module} kernel
 * @param {number} share how much of each trace, from its beginning
 */
export async function replay(traces, read, kernel, share = 1) {
  const families = new Map();
  const report = { keys: 0, steps: 0, suggestions: 0, others: 0, worst: 0, differences: [], milliseconds: 0 };
  for (const trace of traces) {
    if (!families.has(trace.model))
      families.set(trace.model, await Family.open((path) => read(trace.model, path), kernel));
    const family = families.get(trace.model);
    const keys = trace.keys.slice(0, Math.ceil(trace.keys.length * share));
    replayTrace(await family.modelFor(trace.language), { ...trace, keys }, report);
    if (family.failed.size) throw [...family.failed.values()][0];
  }
  return report;
}

/** The files beside the open one, as vectors.py has them. */
function projectOf(model, { beside, most_tokens: mostTokens }) {
  if (!beside.length) return null;
  const project = new Project(model.tokenizer, mostTokens);
  for (const { name, text, newest } of beside)
    if (text === null) project.forget(name);
    else finish(project.learn(name, text, { newest }));
  return project;
}

/** Whether two lists of texts or names with a probability are the same, but for rounding. */
function same(seen, expected, report) {
  return seen.length === expected.length && seen.every(([text, share], at) => {
    const apart = Math.abs(share - expected[at][1]);
    report.worst = Math.max(report.worst, apart);
    report.others++;
    return text === expected[at][0] && apart <= TOLERANCE;
  });
}

function replayTrace(model, trace, report) {
  const session = model.session(trace.language, { project: projectOf(model, trace), name: trace.file });
  const { threshold, max_tokens: maxTokens } = trace;
  const begin = performance.now();
  trace.keys.forEach((key, at) => {
    const { kept, dropped, stepped, held } = finish(session.sync(key.before, key.after));
    if (key.rest) finish(session.learn());
    const found = finish(session.suggest({ maxTokens, deadlineMs: null, threshold }));
    const others = key.others ? finish(session.alternatives(key.others, { maxTokens, deadlineMs: null })) : [];
    const ranked = key.candidates.length ? finish(session.rank(key.candidates, { deadlineMs: null })) : [];
    const expected = trace.expected[at];
    const listed = {
      others: others.map(({ text, confidence }) => [text, confidence]),
      ranked: ranked.map(({ name, probability }) => [name, probability]),
    };
    const seen = { kept, dropped, stepped, held, steps: session.steps, text: found?.text ?? null };
    const wrong = [...INTEGERS, 'text', 'steps'].filter((name) => seen[name] !== expected[name]);
    for (const name of ['others', 'ranked']) if (!same(listed[name], expected[name], report)) wrong.push(name);
    const apart = Math.abs((found?.confidence ?? 0) - (expected.confidence ?? 0));
    report.keys++;
    report.suggestions += found ? 1 : 0;
    if (seen.text === expected.text) report.worst = Math.max(report.worst, apart);
    if (apart > TOLERANCE && seen.text === expected.text) wrong.push('confidence');
    if (!wrong.length) return;
    const place = { trace: `${trace.model}: ${trace.name}`, at, wrong };
    const detail = { caret: key.before.slice(-30), seen: { ...seen, ...listed, confidence: found?.confidence }, expected };
    report.differences.push(report.differences.length < SHOWN ? { ...place, ...detail } : place);
  });
  report.steps += session.steps;
  report.milliseconds += performance.now() - begin;
  session.release();
}
