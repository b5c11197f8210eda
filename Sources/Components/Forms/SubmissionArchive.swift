public import Contracts
public import Database
public import Language
public import Trust
public import Values

/// Reading what was sent, for the modules that work on it.
public struct SubmissionArchive: SubmissionReader {
    let library: FormLibrary
    let store: SubmissionStore
    let catalogue: StringCatalogue
    let places: PlaceIndex
    let bodies: any BodyDirectory

    public init(library: FormLibrary, vault: Vault, catalogue: StringCatalogue, bodies: any BodyDirectory) {
        (self.library, store, self.catalogue, self.bodies) = (library, SubmissionStore(vault: vault), catalogue, bodies)
        places = PlaceIndex(bodies.localities)
    }

    public func sections(of submissionID: String, language: Language, in connection: any Connection) throws -> [AnswerSection] {
        guard let submission = try store.find(submissionID, in: connection),
            let document = library.document(submission.formID, version: submission.formVersion)
        else { return [] }
        let words = AnswerText(language: language, catalogue: catalogue, places: places)
        // What was sent is complete by itself, so the day of reading changes nothing in it.
        let pages = document.steps.compactMap { step -> Journey.Page? in
            let fields = step.fields.filter { submission.answers.value(at: $0.pointer) != nil }
            return fields.isEmpty ? nil : Journey.Page(step: step, fields: fields, faults: [], isConfirmed: true)
        }
        return AnswerOverview(document: document, words: words).parts(pages, submission.answers).map { part in
            AnswerSection(title: part.title, lines: part.lines.map(\.line))
        }
    }

    public func answers(of submissionID: String, in connection: any Connection) throws -> JSON? {
        try store.find(submissionID, in: connection)?.answers.values
    }
}
