import Contracts
import HTTPTypes
import Trust
import Values
import Web

/// What stands around a question on its way between two gateways: who asks, why, by what, for which case. All of it is signed.
struct SpineEnvelope: Sendable {
    let messageID: String
    let consumerID: String
    let purpose: String
    let basis: Basis
    let agreementID: String
    let agreementVersion: Int
    let caseID: String?
    let actor: ActorMark

    static let exchange = SignedExchange(
        tag: "zamin-spine",
        requestFields: ["spine-message", "spine-client", "spine-purpose", "spine-basis", "spine-case", "spine-actor"])

    var headers: [SignableMessage.Header] {
        let basisField = SpineField(
            basis.kind,
            [(key: "ref", value: basis.reference), (key: "agreement", value: agreementID), (key: "version", value: "\(agreementVersion)")])
        return [
            .init("Spine-Message", messageID), .init("Spine-Client", SpineField.encoded(consumerID)),
            .init("Spine-Purpose", SpineField.encoded(purpose)),
            .init("Spine-Basis", basisField.text), .init("Spine-Case", caseID.map(SpineField.encoded) ?? "none"),
            .init("Spine-Actor", actor.field.text),
        ]
    }

    init(
        messageID: String, consumerID: String, purpose: String, basis: Basis, agreementID: String, agreementVersion: Int, caseID: String?,
        actor: ActorMark
    ) {
        (self.messageID, self.consumerID, self.purpose, self.basis) = (messageID, consumerID, purpose, basis)
        (self.agreementID, self.agreementVersion, self.caseID, self.actor) = (agreementID, agreementVersion, caseID, actor)
    }

    /// Nil when a header is missing, comes twice or is malformed.
    init?(_ headers: HTTPFields) {
        func one(_ name: String) -> String? {
            guard let field = HTTPField.Name(name) else { return nil }
            let values = headers[values: field]
            return values.count == 1 ? values[0] : nil
        }
        guard let messageID = one("Spine-Message"), UUIDv7.isWellFormed(messageID),
            let consumerID = one("Spine-Client").flatMap(SpineField.decoded),
            let purpose = one("Spine-Purpose").flatMap(SpineField.decoded), let basisField = one("Spine-Basis").flatMap({ SpineField($0) }),
            let basis = Basis(kind: basisField.token, reference: basisField["ref"] ?? ""), let agreementID = basisField["agreement"],
            let version = basisField["version"].flatMap({ Int($0) }), let caseText = one("Spine-Case").flatMap(SpineField.decoded),
            let actor = one("Spine-Actor").flatMap({ SpineField($0) }).flatMap({ ActorMark($0) })
        else { return nil }
        self.init(
            messageID: messageID, consumerID: consumerID, purpose: purpose, basis: basis, agreementID: agreementID,
            agreementVersion: version,
            caseID: caseText == "none" ? nil : caseText, actor: actor)
    }
}

/// What the other side learns of who acts: the kind, how surely proved, and of an employee her office. A person stays nameless.
struct ActorMark: Sendable {
    let kind: Actor.Kind
    let assurance: Assurance
    let office: (organisation: String, role: String, employee: String)?

    init(_ actor: Actor) {
        (kind, assurance) = (actor.kind, actor.assurance)
        if case .office(let organisation, let role) = actor.capacity { office = (organisation, role, actor.id) } else { office = nil }
    }

    var field: SpineField {
        var parameters = [(key: "acr", value: assurance.name)]
        if let office {
            parameters += [
                (key: "office", value: office.organisation), (key: "role", value: office.role), (key: "employee", value: office.employee),
            ]
        }
        return SpineField(kind.rawValue, parameters)
    }

    init?(_ field: SpineField) {
        guard let kind = Actor.Kind(rawValue: field.token), let acr = field["acr"], let assurance = ActorMark.assurance(acr) else {
            return nil
        }
        (self.kind, self.assurance) = (kind, assurance)
        if let organisation = field["office"], let role = field["role"], let employee = field["employee"] {
            office = (organisation, role, employee)
        } else {
            office = nil
        }
    }

    private static func assurance(_ name: String) -> Assurance? {
        let parts = name.split(separator: ".")
        guard parts.count == 2, parts[0].first == "C", parts[1].first == "P", let credential = Int(parts[0].dropFirst()),
            let proof = Int(parts[1].dropFirst())
        else { return nil }
        return Assurance(credential: credential, proof: proof)
    }
}
