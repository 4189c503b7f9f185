/** A Markdown table. A first cell that is the same as in the row above is left empty. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = rows.map(([first = '', ...others], index) => [rows[index - 1]?.[0] === first ? '' : first, ...others])
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n')
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')
}
