import type { Clock } from "../../../src/ports/ambient.ts";

/** Roles of staff. */
export const ROLES = ["guest", "administrator", "viewer", "externalGuest", "scheduler", "teamMember"] as const;
/** Bookings takes no more staff than that into one business. */
export const MOST_STAFF = 100;

/** A staff member of the business. */
export interface StaffMember {
  readonly id: string;
  readonly displayName: string;
  readonly emailAddress: string;
  readonly role: (typeof ROLES)[number];
  readonly timeZone: string;
  readonly membershipStatus: "active" | "pendingAcceptance" | "rejectedByStaff";
}

/** An appointment with one or several staff members. */
export interface Appointment {
  readonly id: string;
  readonly staff: readonly string[];
  readonly startsMs: number;
  readonly endsMs: number;
  readonly customers: readonly string[];
}

/** Everything that one business holds. */
export interface BookingsState {
  readonly business: string;
  readonly staff: ReadonlyMap<string, StaffMember>;
  readonly appointments: ReadonlyMap<string, Appointment>;
  /** One entry for each mail about a cancelled appointment. */
  readonly mails: readonly { readonly to: string; readonly isStaff: boolean; readonly message: string }[];
  addStaff(parts: Partial<Omit<StaffMember, "id">> & { readonly emailAddress: string }): StaffMember;
  putStaff(member: StaffMember): void;
  removeStaff(id: string): void;
  /** Starts so many hours from now (negative: ago), and lasts half an hour. */
  addAppointment(staff: readonly string[], hours: number, customers: readonly string[]): Appointment;
  upcomingOf(staff: string): readonly Appointment[];
  /** Tells customers and staff. */
  cancel(appointment: Appointment, message: string): void;
}

const HALF_AN_HOUR_MS = 1_800_000;

/** A business with one administrator. */
export function createBookingsState(clock: Clock, business: string): BookingsState {
  const staff = new Map<string, StaffMember>();
  const appointments = new Map<string, Appointment>();
  const mails: { readonly to: string; readonly isStaff: boolean; readonly message: string }[] = [];
  let ids = 0;
  const now = (): number => Date.parse(clock.now());

  const state: BookingsState = {
    business,
    staff,
    appointments,
    mails,
    addStaff({ emailAddress, ...parts }) {
      const id = `8ee1c803-a1fa-406d-8259-${String(++ids).padStart(12, "0")}`;
      const usual = {
        displayName: emailAddress,
        role: "externalGuest",
        timeZone: "UTC",
        membershipStatus: "active",
      } as const;
      const member: StaffMember = { ...usual, ...parts, emailAddress, id };
      staff.set(id, member);
      return member;
    },
    putStaff: (member) => void staff.set(member.id, member),
    removeStaff: (id) => void staff.delete(id),
    addAppointment(members, hours, customers) {
      const startsMs = now() + hours * 3_600_000;
      // Graph's ids of appointments are long, and end with what a path has to escape.
      const id = `AAMkADKo${String(++ids).padStart(140, "A-_")}AAA=`;
      const appointment = { id, staff: members, startsMs, endsMs: startsMs + HALF_AN_HOUR_MS, customers };
      appointments.set(id, appointment);
      return appointment;
    },
    upcomingOf: (id) => [...appointments.values()].filter((one) => one.staff.includes(id) && one.endsMs > now()),
    cancel(appointment, message) {
      appointments.delete(appointment.id);
      for (const to of appointment.customers) mails.push({ to, isStaff: false, message });
      for (const id of appointment.staff) {
        mails.push({ to: staff.get(id)?.emailAddress ?? id, isStaff: true, message });
      }
    },
  };
  state.addStaff({ emailAddress: "admin@acme.example", displayName: "Ada Min", role: "administrator" });
  return state;
}
