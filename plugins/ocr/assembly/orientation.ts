// How the stored rows lie, in the numbers of EXIF: 1 is upright, 4 is bottom to top.

export const BOTTOM_UP: i32 = 4;

export let orientation: i32 = 1;

export function setOrientation(value: i32): void {
  orientation = value;
}
