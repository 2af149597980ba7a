const WORD = /[\p{L}\p{M}\p{N}_]/u;
/** Scripts that are written without spaces: every character of theirs is a boundary. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * Does any of the keywords occur as a whole word? Case-insensitive. Plain substring search plus a look at the two
 * neighbours, so the time is linear in the text whatever the keywords are.
 */
export function compileKeywords(keywords: readonly string[]): (text: string) => boolean {
  const words = keywords.map((keyword) => keyword.toLowerCase());
  return (text) => {
    const lower = text.toLowerCase();
    return words.some((word) => occursAsWord(lower, word));
  };
}

function occursAsWord(text: string, word: string): boolean {
  if (word === '') return false;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    if (isBoundary(characterBefore(text, at), word.slice(0, 2)) && isBoundary(characterAt(text, end), lastCharacter(word))) return true;
  }
  return false;
}

/** Is there a word boundary between the keyword's edge character and its neighbour outside? */
function isBoundary(outside: string, edge: string): boolean {
  const edgeCharacter = characterAt(edge, 0);
  return outside === '' || !isWord(outside) || !isWord(edgeCharacter);
}

function isWord(character: string): boolean {
  return WORD.test(character) && !UNSPACED.test(character);
}

function characterAt(text: string, index: number): string {
  const point = text.codePointAt(index);
  return point === undefined ? '' : String.fromCodePoint(point);
}

function characterBefore(text: string, index: number): string {
  if (index === 0) return '';
  const low = text.charCodeAt(index - 1);
  const isPair = low >= 0xdc00 && low <= 0xdfff && index >= 2;
  return isPair ? text.slice(index - 2, index) : text.charAt(index - 1);
}

function lastCharacter(text: string): string {
  return characterBefore(text, text.length);
}
