// Text is looked at upright, whichever way it is turned on the page: u runs along a line in the direction
// of reading, v from line to line. A turn is a number of quarters clockwise.

// @ts-ignore: decorator
@inline
export function along(turn: i32, x: f32, y: f32): f32 {
  return turn == 0 ? x : turn == 1 ? -y : turn == 2 ? -x : y;
}

// @ts-ignore: decorator
@inline
export function across(turn: i32, x: f32, y: f32): f32 {
  return turn == 0 ? -y : turn == 1 ? -x : turn == 2 ? y : x;
}

/** The part of a page that something takes, in the frame of one turn. */
@unmanaged
export class Box {
  u0: f32;
  u1: f32;
  v0: f32;
  v1: f32;

  set(u0: f32, u1: f32, v0: f32, v1: f32): void {
    this.u0 = min<f32>(u0, u1);
    this.u1 = max<f32>(u0, u1);
    this.v0 = min<f32>(v0, v1);
    this.v1 = max<f32>(v0, v1);
  }

  add(other: Box): void {
    this.u0 = min<f32>(this.u0, other.u0);
    this.u1 = max<f32>(this.u1, other.u1);
    this.v0 = min<f32>(this.v0, other.v0);
    this.v1 = max<f32>(this.v1, other.v1);
  }

  /** How much of a line's direction two boxes share; negative is the gap between them. */
  sharedAlong(other: Box): f32 {
    return min<f32>(this.u1, other.u1) - max<f32>(this.u0, other.u0);
  }

  /** How much of the lines two boxes share; negative is the gap between them. */
  sharedAcross(other: Box): f32 {
    return min<f32>(this.v1, other.v1) - max<f32>(this.v0, other.v0);
  }

  /** From the frame of one turn to that of another. */
  turnTo(from: i32, to: i32): void {
    const quarters = (to - from) & 3;
    if (quarters == 1) this.set(this.v0, this.v1, -this.u0, -this.u1);
    else if (quarters == 2) this.set(-this.u0, -this.u1, -this.v0, -this.v1);
    else if (quarters == 3) this.set(-this.v0, -this.v1, this.u0, this.u1);
  }
}
