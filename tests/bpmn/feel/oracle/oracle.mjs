// Answers lines of JSON ({"expression": …}) with lines of JSON: {"value": …} or {"error": …}.
import { createInterface } from 'node:readline';
import { evaluate } from 'feelin';

function plain(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? { number: String(value) } : null;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (Object.getPrototypeOf(value) === Object.prototype)
    return { context: Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])) };
  return { other: String(value) };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const found = evaluate(JSON.parse(line).expression, {});
    answer = { value: plain(found && typeof found === 'object' && 'value' in found ? found.value : found) };
  } catch (error) {
    answer = { error: String(error.message ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
