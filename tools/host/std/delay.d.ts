// The type of @std/async's delay, for the untyped build of it from npm.

export interface DelayOptions {
  signal?: AbortSignal;
  persistent?: boolean;
}

export declare function delay(ms: number, options?: DelayOptions): Promise<void>;
