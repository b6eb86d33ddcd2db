/** Saves a draft by and by: one call at a time, the latest state last, again after a failure, never over another's change. */

export type SaveState =
  | "saved"
  /** Changed, and about to be saved. */
  | "waiting"
  | "saving"
  /** The server cannot be reached; it is tried again. */
  | "offline"
  /** Somebody else has saved since: nothing is saved until it is settled. */
  | "conflict"
  /** The server refuses what was to be saved. */
  | "refused";

/** What became of a call: the new revision, or why there is none. */
export type SaveResult =
  | { readonly revision: number }
  | { readonly failed: "offline" | "conflict" | "refused"; readonly error: unknown };

export interface SaverOptions<Changes extends object> {
  readonly revision: number;
  readonly save: (changes: Changes, revision: number) => Promise<SaveResult>;
  readonly onState: (state: SaveState, error: unknown) => void;
  /** Milliseconds of quiet before a change is saved. */
  readonly quiet?: number;
  /** Milliseconds until it is tried again when the server cannot be reached. */
  readonly retry?: number;
}

export class Saver<Changes extends object> {
  private pending: Changes | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private stopped = false;
  private told: SaveState = "saved";
  revision: number;

  constructor(private readonly options: SaverOptions<Changes>) {
    this.revision = options.revision;
  }

  get state(): SaveState {
    return this.told;
  }

  /** What is not saved yet. */
  get unsaved(): Changes | null {
    return this.pending;
  }

  /** Later changes of the same part replace earlier ones. */
  change(changes: Changes): void {
    this.pending = { ...this.pending, ...changes };
    if (this.told === "conflict") return;
    if (this.running === null) this.tell("waiting");
    this.plan(this.options.quiet ?? 800);
  }

  /** Save now; resolves once nothing is under way. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    while (this.running !== null) await this.running;
    if (this.pending !== null && this.told !== "conflict" && !this.stopped) await this.run();
  }

  /** Another's revision is taken as read: ours goes over it. */
  async overwrite(revision: number): Promise<void> {
    this.revision = revision;
    this.tell("waiting");
    await this.flush();
  }

  /** What was to be saved is given up for what the server has. */
  adopt(revision: number): void {
    clearTimeout(this.timer);
    this.pending = null;
    this.revision = revision;
    this.tell("saved");
  }

  /** Somebody else has saved: told before ours was even sent. */
  block(): void {
    clearTimeout(this.timer);
    this.tell("conflict");
  }

  /** Nothing is planned any more; what is not saved stays in {@link unsaved}. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  start(): void {
    this.stopped = false;
    if (this.pending !== null && this.told !== "conflict") this.plan(0);
  }

  private plan(wait: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.flush(), wait);
  }

  private run(): Promise<void> {
    const changes = this.pending;
    if (changes === null) return Promise.resolve();
    this.pending = null;
    this.tell("saving");
    this.running = this.options
      .save(changes, this.revision)
      .then((result) => this.ended(changes, result))
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  private ended(changes: Changes, result: SaveResult): void {
    if ("revision" in result) {
      this.revision = result.revision;
      this.tell(this.pending === null ? "saved" : "waiting");
      if (this.pending !== null) this.plan(0);
      return;
    }
    // What was changed meanwhile is newer than what could not be saved.
    this.pending = { ...changes, ...this.pending };
    this.tell(result.failed, result.error);
    if (result.failed === "offline") this.plan(this.options.retry ?? 4000);
  }

  private tell(state: SaveState, error: unknown = null): void {
    this.told = state;
    this.options.onState(state, error);
  }
}
