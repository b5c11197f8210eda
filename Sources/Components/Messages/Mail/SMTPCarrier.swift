import CCurl
import Dispatch
import Synchronization

/// SMTP (RFC 5321) by libcurl, which blocks: so on threads of its own, each with one connection that it keeps between letters.
public final class SMTPCarrier: MailCarrier {
    /// Milliseconds.
    public struct Timeouts: Sendable, Hashable {
        public var connect: Int
        /// From the connection to the server's last word: as long as a server that says nothing holds a worker up.
        public var whole: Int
        public init(connect: Int = 10_000, whole: Int = 30_000) { (self.connect, self.whole) = (connect, whole) }
    }

    private let lanes: [SMTPLane]
    private let next = Mutex(0)

    /// - Parameter url: `smtp://host:port` or `smtps://…`, with a user and password if the server wants them.
    /// - Throws: `MessagesError.malformedSMTPURL`.
    public init(url: String, timeouts: Timeouts = Timeouts(), connections: Int = 2) throws {
        let server = try SMTPServer(url)
        lanes = (0..<max(1, connections)).map { SMTPLane(server, timeouts, number: $0) }
    }

    public func carry(_ letter: Letter) async throws {
        let lane = lanes[next.withLock { turn in
            turn = (turn + 1) % lanes.count
            return turn
        }]
        try await lane.carry(letter)
    }
}

/// One thread's worth of SMTP. `@unchecked`: the handle is touched on its queue only.
private final class SMTPLane: @unchecked Sendable {
    private let queue: DispatchQueue
    private let server: SMTPServer
    private let timeouts: SMTPCarrier.Timeouts
    private let handle: UnsafeMutableRawPointer?

    /// Once for the process, before the first handle.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(_ server: SMTPServer, _ timeouts: SMTPCarrier.Timeouts, number: Int) {
        (self.server, self.timeouts, queue) = (server, timeouts, DispatchQueue(label: "zamin.smtp.\(number)"))
        handle = SMTPLane.isReady ? curl_easy_init() : nil
    }

    deinit { if let handle { curl_easy_cleanup(handle) } }

    func carry(_ letter: Letter) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { continuation.resume(with: self.perform(letter)) }
        }
    }

    private func perform(_ letter: Letter) -> Result<Void, any Error> {
        guard let handle else { return .failure(MailFailure.temporary("libcurl does not start")) }
        curl_easy_reset(handle)
        let recipients = curl_slist_append(nil, "<\(letter.to)>")
        defer { curl_slist_free_all(recipients) }
        let content = letter.bytes
        return content.withUnsafeBufferPointer { buffer in
            var upload = zamin_curl_upload(bytes: buffer.baseAddress, length: buffer.count, position: 0)
            return withUnsafeMutablePointer(to: &upload) { upload in
                guard set(handle, letter, recipients, upload) else {
                    return .failure(MailFailure.temporary("libcurl refuses the settings"))
                }
                let code = curl_easy_perform(handle)
                var answer = 0
                _ = zamin_curl_response_code(handle, &answer)
                guard code != CURLE_OK else { return .success(()) }
                return .failure(SMTPLane.failure(code, answer: answer, isHandedOver: upload.pointee.position == upload.pointee.length))
            }
        }
    }

    private func set(
        _ handle: UnsafeMutableRawPointer, _ letter: Letter, _ recipients: UnsafeMutablePointer<curl_slist>?,
        _ upload: UnsafeMutablePointer<zamin_curl_upload>
    ) -> Bool {
        let security = server.isEncryptedFromStart || server.insistsOnTLS ? CURLUSESSL_ALL : CURLUSESSL_TRY
        var codes = [
            zamin_curl_set_string(handle, CURLOPT_URL, server.url), zamin_curl_set_string(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
            zamin_curl_set_long(handle, CURLOPT_NOSIGNAL, 1), zamin_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect),
            zamin_curl_set_long(handle, CURLOPT_TIMEOUT_MS, timeouts.whole),
            zamin_curl_set_long(handle, CURLOPT_USE_SSL, Int(security.rawValue)),
            zamin_curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, server.insistsOnTLS ? 1 : 0),
            zamin_curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, server.insistsOnTLS ? 2 : 0),
            zamin_curl_set_string(handle, CURLOPT_MAIL_FROM, "<\(letter.from)>"),
            zamin_curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients),
            zamin_curl_set_upload(handle, upload),
        ]
        if let user = server.user {
            codes.append(zamin_curl_set_string(handle, CURLOPT_USERNAME, user))
            codes.append(zamin_curl_set_string(handle, CURLOPT_PASSWORD, server.password ?? ""))
        }
        return codes.allSatisfy { $0 == CURLE_OK }
    }

    /// A 5xx to sender, recipient or content is the server's last word on this letter (RFC 5321 section 4.2.1). The same at the greeting
    /// or at sign-in says that the server is out of order or set up wrongly, which waiting and an operator mend.
    private static func failure(_ code: CURLcode, answer: Int, isHandedOver: Bool) -> MailFailure {
        let isAboutLetter = code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && isHandedOver)
        let reason = "\(String(cString: curl_easy_strerror(code)))\(answer > 0 ? ", SMTP \(answer)" : "")"
        return isAboutLetter && (500...599).contains(answer) ? .permanent(reason) : .temporary(reason)
    }
}
