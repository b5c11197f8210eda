import HTTPTypes
import Language
import Logging
import Values

extension Dispatcher {
    /// Any error as its reader needs it: a plain page in her language, or `application/problem+json` (RFC 9457).
    func problemReply(_ error: any Error, _ call: Call) -> Reply {
        let problem = problem(of: error, call)
        var reply = call.isPage ? page(problem, call) : json(problem, call)
        if problem.status == 405 { reply.headers[.allow] = problem.arguments["allowed"] }
        if let seconds = problem.retryAfter { reply.headers[.retryAfter] = "\(seconds)" }
        return reply
    }

    private func problem(of error: any Error, _ call: Call) -> Problem {
        if let problem = error as? Problem { return problem }
        if let known = error as? any ProblemError { return known.problem }
        if let explained = settings.explain(error) {
            logger.error("explained", metadata: ["reference": "\(call.reference)", "error": "\(error)", "path": "\(call.path)"])
            return explained
        }
        logger.error("internal error", metadata: ["reference": "\(call.reference)", "error": "\(error)", "path": "\(call.path)"])
        return .internalError(reference: call.reference)
    }

    private func texts(_ problem: Problem, _ call: Call) -> (title: String, detail: String) {
        var arguments = problem.arguments
        arguments["reference"] = call.reference
        return (
            site.text("\(problem.textKey).title", call, arguments), site.text("\(problem.textKey).detail", call, arguments)
        )
    }

    private func page(_ problem: Problem, _ call: Call) -> Reply {
        let (title, detail) = texts(problem, call)
        var data: [String: Any] = ["problemTitle": title, "problemDetail": detail]
        let next = "\(problem.textKey).next"
        if site.catalogue.has(next, in: call.language) { data["problemNext"] = site.text(next, call, problem.arguments) }
        if problem.status >= 500 { data["reference"] = call.reference }
        if problem.status == 401 { data["signInHref"] = call.page("/sign-in") }
        do {
            return try site.page("web/problem", Site.Heading(title, isError: true), data, for: call, status: problem.status)
        } catch {
            logger.critical("the error page itself failed", metadata: ["error": "\(error)"])
            return .html("<!doctype html><title>\(escapeHTML(title))</title><h1>\(escapeHTML(title))</h1><p>\(escapeHTML(detail))</p>", status: problem.status)
        }
    }

    private func json(_ problem: Problem, _ call: Call) -> Reply {
        let (title, detail) = texts(problem, call)
        let faults: [JSON] = problem.faults.map { fault in
            ["pointer": .string(fault.pointer), "code": .string(fault.code), "arguments": .object(fault.arguments.mapValues(JSON.string))]
        }
        let body = JSON.members([
            "type": .string(problem.type), "title": .string(title), "status": .int(Int64(problem.status)), "detail": .string(detail),
            "instance": .string("urn:zamin:request:\(call.reference)"), "errors": faults.isEmpty ? nil : .array(faults),
        ])
        return Reply(
            status: problem.status, headers: [.contentType: "application/problem+json", .contentLanguage: call.language.rawValue], body: body.bytes)
    }
}
