import CCurl
import Glibc

extension HTTPError {
    /// What libcurl says of a transfer that ended without an answer.
    init(_ code: CURLcode, of transfer: Transfer) {
        let request = transfer.request
        let server = request.server
        let detail = transfer.curlMessage.isEmpty ? String(cString: curl_easy_strerror(code)) : transfer.curlMessage
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            self.init(.unresolvable, "The name in \(server) has no address: \(detail).")
        case CURLE_COULDNT_CONNECT:
            self.init(.unreachable, Self.unreachable(server, systemError: transfer.systemError, detail))
        case CURLE_OPERATION_TIMEDOUT where transfer.connectTime == 0:
            self.init(
                .unreachable,
                "\(server) took no connection within \(request.timeouts.connect.inWords): the host is down, or a "
                    + "firewall drops what is sent to it."
            )
        case CURLE_OPERATION_TIMEDOUT:
            let limit = request.timeouts.total?.inWords ?? "its time"
            self.init(.timedOut, "\(server) did not answer \(request.method.rawValue) within \(limit).")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM:
            self.init(.untrusted, "No trusted connection to \(server) could be made: \(detail).")
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            self.init(.invalid, "\(request.server) is no address of an HTTP server: \(detail).")
        case CURLE_GOT_NOTHING:
            self.init(.broken, "\(server) closed the connection without an answer.")
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            self.init(.broken, "The connection to \(server) broke: \(detail).")
        case CURLE_SEND_FAIL_REWIND:
            // libcurl would send the request a second time. The server may have acted on the first.
            self.init(.broken, "The connection to \(server) broke after the request had been sent.")
        default:
            self.init(.broken, "The request to \(server) failed: \(detail) (libcurl \(code.rawValue)).")
        }
    }

    private static func unreachable(_ server: String, systemError: Int, _ detail: String) -> String {
        guard systemError == Int(ECONNREFUSED) else { return "\(server) cannot be reached: \(detail)." }
        return "\(server) refused the connection: nothing listens there."
    }
}
