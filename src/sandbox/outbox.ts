import type { Booking, Mail, SandboxAmbient } from "./records.ts";
import { createTable } from "./table.ts";
import type { Row } from "./table.ts";

/** The mail that guests get. */
export interface Outbox {
  rows(): readonly Row<Mail>[];
  /** One message to each guest. */
  tellCancelled(booking: Booking, reason: string | null): void;
  tellReassigned(booking: Booking, hostName: string): void;
}

/** No mail yet. */
export function createOutbox({ clock, newId }: SandboxAmbient): Outbox {
  const table = createTable<Mail>();
  function send(booking: Booking, mail: Pick<Mail, "kind" | "subject" | "reason">): void {
    for (const guest of booking.guests) {
      table.insert({ id: `mail_${newId()}`, at: clock.now(), to: guest.email, bookingId: booking.id, ...mail });
    }
  }
  return {
    rows: () => table.rows(),
    tellCancelled: (booking, reason) =>
      send(booking, { kind: "booking-cancelled", subject: `Cancelled: ${booking.title}`, reason }),
    tellReassigned: (booking, hostName) =>
      send(booking, { kind: "booking-reassigned", subject: `${booking.title}: now with ${hostName}`, reason: null }),
  };
}
