/** A name for a document's data: OpenAI refuses it without one, and tells PDFs by their extension. */
export function documentName(filename: string | undefined, mediaType: string): string {
  const name = filename === undefined || filename === '' ? 'document' : filename;
  return mediaType === 'application/pdf' && !/\.\w{1,5}$/.test(name) ? `${name}.pdf` : name;
}
