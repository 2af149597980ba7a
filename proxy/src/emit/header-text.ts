const UNSAFE = /[^\x21-\x7e]+/g;

/** A name as header text: what a header cannot hold is percent-encoded. Names that it can hold are returned as they are. */
export function headerText(name: string): string {
  return name.search(UNSAFE) < 0 ? name : name.toWellFormed().replace(UNSAFE, encodeURIComponent);
}
