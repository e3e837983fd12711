// The host's functions that only this plugin calls by itself; the rest is plugins/pdf/assembly/host.ts.

// By way of the shim: it tells the host how many percent of all pictures are done.
@external("env", "start_picture")
export declare function startPicture(index: i32, count: i32): void;

export const UNSUPPORTED: i32 = 3;
