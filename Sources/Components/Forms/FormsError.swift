import Web

/// What can go wrong with a form, apart from wrong answers, which are faults of their fields.
enum FormsError: ProblemError, Equatable {
    /// There is no such draft, or it is somebody else's: both look the same.
    case noDraft
    /// It was not touched for 90 days and its content is gone.
    case draftExpired
    case tooManyDrafts(limit: Int)
    /// The form is for businesses and nobody acts for one now, or the other way round.
    case otherCapacity
    case fileEmpty
    case fileType
    case fileTooLarge
    case tooManyFiles(limit: Int)
    case fileInfected
    /// A scanner is set up but does not answer; unscanned files are not taken then.
    case scannerUnavailable

    var problem: Problem {
        switch self {
        case .noDraft: .notFound
        case .draftExpired: Problem(410, "forms.draft-expired")
        case .tooManyDrafts(let limit): Problem(409, "forms.too-many-drafts", ["limit": "\(limit)"])
        case .otherCapacity: Problem(403, "forms.other-capacity")
        case .fileEmpty: Problem(422, "forms.file-empty")
        case .fileType: Problem(422, "forms.file-type")
        case .fileTooLarge: Problem(413, "forms.file-too-large")
        case .tooManyFiles(let limit): Problem(422, "forms.too-many-files", ["limit": "\(limit)"])
        case .fileInfected: Problem(422, "forms.file-infected")
        case .scannerUnavailable: Problem(503, "forms.scanner-unavailable", retryAfter: 60)
        }
    }

    /// The code of the same thing as a fault of a file field, or nil when it is no fault of the file.
    var fieldCode: String? {
        switch self {
        case .fileEmpty, .fileType, .fileTooLarge, .tooManyFiles, .fileInfected: problem.code.replacing("forms.", with: "")
        default: nil
        }
    }
}
