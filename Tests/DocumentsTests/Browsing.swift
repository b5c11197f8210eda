import HTTPTypes
import Values
import Web

extension Dispatcher {
    func page(_ target: String) async -> (status: Int, text: String, headers: HTTPFields) {
        let reply = await answer(Incoming(.get, target))
        return (reply.status, String(decoding: reply.body, as: UTF8.self), reply.headers)
    }

    /// Opens the form and sends it with a file, as a browser would.
    func upload(_ bytes: [UInt8], name: String = "a.pdf", field: String = "file") async -> (status: Int, text: String) {
        let form = await answer(Incoming(.get, "/he/verify"))
        let text = String(decoding: form.body, as: UTF8.self)
        let token = text.firstMatch(of: /name="_csrf" value="([^"]+)"/).map { String($0.1) } ?? ""
        let cookies = form.headers[values: .setCookie].compactMap { $0.split(separator: ";").first.map(String.init) }
        let disposition = "--b\r\nContent-Disposition: form-data; name"
        let head = "\(disposition)=\"_csrf\"\r\n\r\n\(token)\r\n\(disposition)=\"\(field)\"; "
            + "filename=\"\(name)\"\r\nContent-Type: application/pdf\r\n\r\n"
        let reply = await answer(
            Incoming(
                .post, "/he/verify", headers: [.contentType: "multipart/form-data; boundary=b", .cookie: cookies.joined(separator: "; ")],
                body: Array(head.utf8) + bytes + Array("\r\n--b--\r\n".utf8)))
        return (reply.status, String(decoding: reply.body, as: UTF8.self))
    }
}
