/**
 * uvu runs only the suites whose `run()` is called, and forgetting one leaves no trace. A suite comes from `suite(…)` or
 * from a function whose name ends so; whoever is handed one by such a function has to run it.
 * @param {string} source of a compiled file
 * @returns {string[]} a sentence for each suite that is made but neither run nor handed out
 */
export function forgottenRuns(source) {
  const made = count(/(?<![\w$.])suite\(/g, source)
  const named = [...source.matchAll(/([\w$]+)\s*=\s*(suite|[\w$]*Suite)\(/g)]
  const nameless = made - named.filter(([, , maker]) => maker === 'suite').length
  return [
    ...new Set(named.map(([, name]) => name).filter((name) => !isRun(name, source) && !isHandedOut(name, source))),
  ]
    .map((name) => `the suite ${name} is never run: \`${name}.run()\` is missing`)
    .concat(nameless > 0 ? ['a suite without a name of its own, of which nobody can see whether it is run'] : [])
}

function isRun(name, source) {
  return count(pattern(`(?<![\\w$.])${escaped(name)}\\.run\\(\\)`), source) >= timesMade(name, source)
}

function isHandedOut(name, source) {
  return pattern(`return ${escaped(name)}(?![\\w$.])`).test(source)
}

function timesMade(name, source) {
  return count(pattern(`(?<![\\w$.])${escaped(name)}\\s*=\\s*(?:suite|[\\w$]*Suite)\\(`), source)
}

function count(regexp, text) {
  return [...text.matchAll(regexp)].length
}

function pattern(text) {
  return new RegExp(text, 'g')
}

function escaped(name) {
  return name.replaceAll('$', '\\$')
}
