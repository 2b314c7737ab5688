/** A list of the API server's objects, kept current by a watch. What an informer is, without the cache's indexes. */
import { setTimeout as delay } from "node:timers/promises";
import { withoutNulls } from "../model/nulls";
import { type Api, ApiError, type ApiObject } from "./api";
import { log } from "./log";

interface ObjectList<T> {
  metadata: { resourceVersion: string };
  items: T[];
}

const RETRY_MS = 200;

export class Store<T extends ApiObject> {
  private readonly objects = new Map<string, T>();
  private readonly stop = new AbortController();
  private listed = false;

  constructor(
    private readonly api: Api,
    private readonly path: string,
    private readonly onChange: () => void,
  ) {
    void this.run();
  }

  /** Whether the first list has come: before it, an empty store says nothing. */
  get ready(): boolean {
    return this.listed;
  }

  /** By namespace and name. */
  get all(): T[] {
    return [...this.objects.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  get(name: string, namespace = ""): T | undefined {
    return this.objects.get(`${namespace}/${name}`);
  }

  close(): void {
    this.stop.abort();
  }

  private async run(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        let version = await this.list();
        // The server ends a watch now and then; going on from the last version misses nothing.
        for (;;) {
          await this.api.watch<T>(this.path, version, this.stop.signal, (event) => {
            // "too old": list again.
            if (event.type === "ERROR") throw new ApiError(410, `watch ${this.path}: version is gone`);
            version = event.object.metadata.resourceVersion ?? version;
            if (event.type === "BOOKMARK") return;
            if (event.type === "DELETED") this.objects.delete(keyOf(event.object));
            else this.put(event.object);
            this.onChange();
          });
          if (this.stop.signal.aborted) return;
        }
      } catch (error) {
        if (this.stop.signal.aborted) return;
        log("watch", `${this.path}: ${error instanceof Error ? error.message : String(error)}; listing again`);
        await delay(RETRY_MS);
      }
    }
  }

  private put(object: T): void {
    this.objects.set(keyOf(object), withoutNulls(object));
  }

  private async list(): Promise<string> {
    const list = await this.api.get<ObjectList<T>>(this.path);
    this.objects.clear();
    for (const item of list.items) this.put(item);
    this.listed = true;
    this.onChange();
    return list.metadata.resourceVersion;
  }
}

function keyOf(object: ApiObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}
