/** What Nobody's Scheduler keeps. */
export interface NobodysMember {
  readonly memberId: number;
  readonly settings: NobodysSettings;
  readonly admin: boolean;
}

export interface NobodysSettings {
  readonly email: string;
  readonly fullName: string;
  readonly timezone: string | null;
}

export interface NobodysTeam {
  readonly teamId: number;
  readonly title: string;
  readonly memberIds: ReadonlySet<number>;
}

export interface NobodysBooking {
  readonly bookingId: string;
  readonly memberId: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly state: "booked" | "cancelled";
  readonly guests: readonly { readonly email: string }[];
}

/** Its data, in memory. */
export interface NobodysState {
  readonly members: Map<number, NobodysMember>;
  readonly teams: Map<number, NobodysTeam>;
  readonly bookings: Map<string, NobodysBooking>;
  /** Messages to guests. */
  mails: number;
  nextId(): number;
}

/** Nobody but an owner. */
export function createNobodysState(): NobodysState {
  let last = 0;
  const nextId = (): number => (last += 1);
  const owner: NobodysMember = {
    memberId: nextId(),
    settings: { email: "owner@acme.example", fullName: "Olga Owner", timezone: "Europe/London" },
    admin: true,
  };
  return { members: new Map([[owner.memberId, owner]]), teams: new Map(), bookings: new Map(), mails: 0, nextId };
}
