import test from "ava";
import { parseCsv } from "../../src/lib/parse-csv.ts";

for (const [title, text, wanted] of [
  [
    "commas and line ends",
    "a,b\n1,2\n",
    [
      [1, "a", "b"],
      [2, "1", "2"],
    ],
  ],
  [
    "CR LF, and none at the end",
    "a,b\r\n1,2",
    [
      [1, "a", "b"],
      [2, "1", "2"],
    ],
  ],
  [
    "CR alone",
    "a\rb",
    [
      [1, "a"],
      [2, "b"],
    ],
  ],
  ["nothing", "", []],
  ["nothing but line ends", "\r\n\n", []],
  [
    "lines without any text",
    "a\n\n  \n\nb\n",
    [
      [1, "a"],
      [5, "b"],
    ],
  ],
  [
    "empty cells",
    "a,\n,",
    [
      [1, "a", ""],
      [2, "", ""],
    ],
  ],
  ["quotes, doubled ones in them", '"a ""b""",c\n', [[1, 'a "b"', "c"]]],
  [
    "separators and line ends in quotes",
    'x\r\n"a,\r\n\r\nb"\r\n\r\ny',
    [
      [1, "x"],
      [2, "a,\r\n\r\nb"],
      [6, "y"],
    ],
  ],
  [
    "line ends of either kind in quotes",
    '"a\nb\rc"\nd',
    [
      [1, "a\nb\rc"],
      [4, "d"],
    ],
  ],
  [
    "letters of several bytes",
    'ü,"ö\n😀"\nß,é',
    [
      [1, "ü", "ö\n😀"],
      [3, "ß", "é"],
    ],
  ],
  [
    "records of other lengths",
    "a,b\n1\n1,2,3",
    [
      [1, "a", "b"],
      [2, "1"],
      [3, "1", "2", "3"],
    ],
  ],
  ["blanks around cells", " a , b ", [[1, " a ", " b "]]],
  ["names of a prototype", "__proto__,constructor", [[1, "__proto__", "constructor"]]],
] as const) {
  test(`CSV is read with ${title}, each record with the line on which it begins`, (t) => {
    const records = parseCsv(text, ",");
    if ("message" in records) return t.fail(records.message);
    t.deepEqual(
      records.map(({ line, cells }) => [line, ...cells]),
      wanted.map((record) => [...record]),
    );
  });
}

for (const [title, text, line, message] of [
  ["a quote that is never closed", 'a\r\n"b\r\nc"\r\n\r\nx,"y\r\n\r\n', 5, /never closed/],
  ["text behind a closing quote", 'a\n"b"c\n', 2, /behind a closing quote/],
  ["a quote in a plain cell", 'a\nb"c"\n', 2, /does not begin with one/],
  ["nothing but a quote", '"', 1, /never closed/],
] as const) {
  test(`${title} is a fault of the record that begins on that line`, (t) => {
    const fault = parseCsv(text, ",");
    if (!("message" in fault)) return t.fail();
    t.is(fault.line, line);
    t.regex(fault.message, message);
  });
}

test("cells are separated by what the caller says", (t) => {
  for (const separator of [";", "\t"] as const)
    t.deepEqual(parseCsv(`a,b${separator}c`, separator), [{ line: 1, cells: ["a,b", "c"] }]);
});
