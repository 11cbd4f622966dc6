/** Texts that have hurt consoles before: markup, directions, controls, surrogates, lengths. Made, so that the file is short. */
const MARKUP = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "javascript:alert(1)",
  "<iframe srcdoc='<script>alert(1)</script>'>",
  "{{constructor.constructor('alert(1)')()}}",
  "$" + "{alert(1)}",
  "<a href=javascript:alert(1)>x</a>",
  "<style>*{display:none}</style>",
  "</textarea><script>alert(1)</script>",
  "]]><script>alert(1)</script>",
  "<!--<script>alert(1)//-->",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "%3Cscript%3Ealert(1)%3C/script%3E",
  "<b>bold</b>",
  "__proto__",
  "constructor",
  "'; DROP TABLE flags; --",
  '=HYPERLINK("http://example.org")',
  "../../../etc/passwd",
];
const CODES = [
  0x00, 0x07, 0x08, 0x0b, 0x1b, 0x7f, 0x85, 0xa0, 0xad, 0x200b, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e,
  0x2066, 0x2069, 0xfeff, 0xfffd, 0xe0001, 0x1f4a9, 0x1f1e9, 0x0300,
];
const WORDS = ["مرحبا", "שלום", "Ｈｏｉｓｔ", "ﬀ", "İstanbul", "null", "undefined", "NaN", "true", "0", "-1", "1e309"];

/** Returns at least 200 texts. */
export function hostile(): string[] {
  const around = CODES.flatMap((code) => {
    const character = String.fromCodePoint(code);
    return [
      `a${character}b`,
      character.repeat(20),
      `${character}<script>alert(1)</script>`,
      `admin${character}gnp.exe`,
    ];
  });
  const long = [64, 255, 1_000, 4_000].flatMap((length) =>
    ["x", "ﷺ", "<b>", "é"].map((text) => text.repeat(length).slice(0, length)),
  );
  const combined = MARKUP.flatMap((text) => [text, text.toUpperCase(), `${WORDS[text.length % WORDS.length]} ${text}`]);
  return [
    ...combined,
    ...around,
    ...long,
    ...WORDS,
    ...Array.from({ length: 20 }, (_, index) => `z${"\u0300".repeat(index + 1)}`),
  ];
}
