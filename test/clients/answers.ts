// Queries sent over HTTP with their uploads → fields, rows and status of the VOTable that comes back.

/** An answer of /sync as TABLEDATA; each row and field is the text of its element. */
export interface Answer {
  readonly status: string
  readonly fields: readonly string[]
  readonly rows: readonly string[]
}

/** What is sent for uploads by name: the identifiers that pyvo sends, and a table with every type. */
const uploads: Readonly<Record<string, string>> = {
  ids: votable(
    '<FIELD name="id" datatype="char" arraysize="*"/>',
    ['ivo://archive.stsci.edu/tap/gaiadr3', 'ivo://org.gavo.dc/tap', "it's none"].map((id) => [id]),
  ),
  t1: votable(
    [
      '<FIELD name="flag" datatype="boolean"/>',
      '<FIELD name="small" datatype="short"><VALUES null="-99"/></FIELD>',
      '<FIELD name="number" datatype="int" unit="d"/>',
      '<FIELD name="big" datatype="long"/>',
      '<FIELD name="single" datatype="float" ucd="phot.mag"/>',
      '<FIELD name="ratio" datatype="double"/>',
      '<FIELD name="Größe x" datatype="unicodeChar" arraysize="*"/>',
      '<FIELD name="seen" datatype="char" arraysize="*" xtype="timestamp"/>',
      '<FIELD name="place" datatype="double" arraysize="2" xtype="point"/>',
      '<FIELD name="many" datatype="int" arraysize="*"/>',
    ].join(''),
    [
      [
        'T',
        '7',
        '-1',
        '9007199254740993',
        '1.5',
        '1e-19',
        'é \u{1F680} \\',
        '2020-02-29T12:00:00.5',
        '1.5 -2',
        '1 2 3',
      ],
      ['F', '-99', '2147483647', '-1', '3.4e38', '-1.7976931348623157e308', "it's", '1858-11-17', '0 0', '7'],
      ['', '0', '', '', 'NaN', 'NaN', '', '', '', ''],
    ],
  ),
}

/** Sends one query as clients do: POST, LANG=ADQL, uploads inline. Errors come back as the status `ERROR`. */
export async function ask(tapUrl: string, adql: string, maxRows?: number | null, upload?: string): Promise<Answer> {
  const form = new FormData()
  const parameters = { REQUEST: 'doQuery', LANG: 'ADQL', QUERY: adql, RESPONSEFORMAT: 'votable/td' }
  for (const [name, value] of Object.entries(parameters)) form.append(name, value)
  if (typeof maxRows === 'number') form.append('MAXREC', String(maxRows))
  if (upload !== undefined) {
    form.append('UPLOAD', upload)
    const [name = '', part = ''] = upload.split(',')
    const file = new Blob([uploads[name] ?? ''], { type: 'application/x-votable+xml' })
    form.append(part.replace('param:', ''), file, 'upload.xml')
  }
  const response = await fetch(`${tapUrl}/sync`, { method: 'POST', body: form })
  const document = await response.text()
  const statuses = [...document.matchAll(/<INFO name="QUERY_STATUS" value="(\w+)"/g)].map(([, value]) => value ?? '')
  return {
    // The last one counts: an overflow is known at the end (DALI 1.1 §4.4.1).
    status: response.ok ? (statuses.at(-1) ?? 'none') : `${response.status} ${statuses.at(-1) ?? 'none'}`,
    fields: document.match(/<FIELD[^>]*(?:\/>|>.*?<\/FIELD>)/gs) ?? [],
    rows: document.match(/<TR>.*?<\/TR>/gs) ?? [],
  }
}

/** Rows in an order of our own, where the query asked for none. */
export function rowsInOrderOf(answer: Answer): readonly string[] {
  return answer.rows.toSorted()
}

/** The cells of one column, by its name. */
export function cellsOf(answer: Answer, column: string): readonly (string | undefined)[] {
  const index = answer.fields.findIndex((field) => field.toLowerCase().includes(` name="${column.toLowerCase()}"`))
  if (index < 0) throw new Error(`the answer has no column ${column}`)
  return answer.rows.map((row) => (row.match(/<TD>.*?<\/TD>|<TD\/>/gs) ?? [])[index])
}

function votable(fields: string, rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]): string => row.map((cell) => `<TD>${cell}</TD>`).join('')
  const data = rows.map((row) => `<TR>${cells(row)}</TR>`).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>${fields}<DATA><TABLEDATA>${data}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`
}
