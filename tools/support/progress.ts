/** Lines about long work. They go to stderr, so that a tool's output stays what it promises. */

/** Seconds between two lines about the same piece of work. */
const INTERVAL_SECONDS = 10;

/** Says one line about the set-up. */
export function say(line: string): void {
  process.stderr.write(`set-up: ${line}\n`);
}

/** Runs `work`; while it takes, says every ten seconds how long it has and what `detail` tells. */
export async function withProgress<Result>(
  title: string,
  detail: () => string,
  work: () => Promise<Result>,
): Promise<Result> {
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  say(title);
  const ticker = setInterval(() => {
    const more = detail();
    say(`${title}: ${elapsed()}${more === "" ? "" : `, ${more}`}`);
  }, INTERVAL_SECONDS * 1000);
  try {
    const result = await work();
    say(`${title}: done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}
