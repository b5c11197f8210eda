/// Why a document is no form, by its place in the document.
struct FormDocumentError: Error, Equatable, CustomStringConvertible {
    let at: String
    let reason: String
    var description: String { "\(at): \(reason)" }
}
