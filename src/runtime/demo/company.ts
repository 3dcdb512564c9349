/** One person of the company, as its IdP knows them. */
export interface Employee {
  /** The IdP's own id, pushed as `externalId`. */
  readonly key: string;
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly department: Department;
}

/** The departments, each of which has a group in the scheduling product. */
export type Department = "Sales" | "Support" | "Engineering";

/** Which group of the product each department fills. */
export const GROUP_OF: Readonly<Record<Department, string>> = {
  Sales: "Sales EMEA",
  Support: "Support",
  Engineering: "Engineering",
};

const DOMAIN = "acme.example";
const STAFF: Readonly<Record<Department, readonly string[]>> = {
  Sales: [
    "Ana Baker",
    "Bo Li",
    "Carla Diaz",
    "Dmitri Egorov",
    "Eve Fischer",
    "Finn Garcia",
    "Gita Hassan",
    "Hugo Ito",
    "Ines Jansen",
    "Jonas Kim",
  ],
  Support: [
    "Kira Lopez",
    "Liam Meyer",
    "Mona Novak",
    "Nils Okafor",
    "Olga Perez",
    "Paul Quist",
    "Qi Rossi",
    "Rosa Sato",
  ],
  Engineering: ["Sami Turner", "Tara Ueda", "Uma Varga", "Viktor Weber", "Wen Xu", "Yara Young", "Zoe Zimmer"],
};

/** The twenty-five people of Acme, department by department. */
export function hireEverybody(): readonly Employee[] {
  return Object.entries(STAFF).flatMap(([department, names]) =>
    names.map((name) => {
      const [givenName = name, familyName = ""] = name.split(" ");
      const userName = `${givenName.toLowerCase()}@${DOMAIN}`;
      return {
        key: `00u-${givenName.toLowerCase()}`,
        userName,
        givenName,
        familyName,
        department: department as Department,
      };
    }),
  );
}
