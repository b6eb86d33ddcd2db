/** Asks for what changed, one question at a time, again while hints came in meanwhile, and again after a failure. */

import { waitBefore } from "@/lib/live";

/** So that a flood of hints does not become a flood of questions. */
const PAUSE_MS = 250;

export class CatchUp {
  private running = false;
  private wanted = false;
  private stopped = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ask: () => Promise<void>,
    private readonly pause: number = PAUSE_MS,
  ) {}

  /** Something changed: ask, now or as soon as the question that is open has been answered. */
  readonly request = (): void => {
    this.wanted = true;
    if (!this.running && this.timer === undefined) void this.run();
  };

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    if (this.stopped) return;
    this.running = true;
    this.wanted = false;
    let wait = this.pause;
    try {
      await this.ask();
      this.failures = 0;
    } catch {
      // Whatever it was, what is shown may be old: it is asked for until it comes.
      this.wanted = true;
      wait = waitBefore(this.failures++);
    }
    this.running = false;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.wanted) void this.run();
    }, wait);
  }
}
