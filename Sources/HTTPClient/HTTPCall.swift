import CCurl
import CCurlShims
import Glibc

/// One request and its answer, through libcurl; the calling thread waits.
package enum HTTPCall {
    /// Redirections are not followed, and neither the environment's proxies nor its accounts are used: who is asked stands in
    /// the configuration.
    package static func perform(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPAnswer {
        guard isLibraryReady, let handle = curl_easy_init() else { throw .broken("libcurl cannot be used") }
        defer { curl_easy_cleanup(handle) }
        let transfer = Transfer(request)
        let headers = transfer.prepare(handle)
        defer { curl_slist_free_all(headers) }
        let code = withExtendedLifetime(transfer) { curl_easy_perform(handle) }
        guard code == CURLE_OK else { throw transfer.failure(code) }
        return HTTPAnswer(status: CCurlShims_response_code(handle), body: transfer.answer)
    }

    /// Once in a process, before the first use.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}

/// What libcurl calls back into while it performs.
private final class Transfer {
    fileprivate let request: HTTPRequest
    private(set) var answer: [UInt8] = []
    private var isTooLong = false

    init(_ request: HTTPRequest) { self.request = request }

    /// - Returns: what the caller frees after the exchange.
    func prepare(_ handle: UnsafeMutableRawPointer) -> UnsafeMutablePointer<curl_slist>? {
        // Timeouts must not come as signals into a process of many threads.
        _ = CCurlShims_set_number(handle, CURLOPT_NOSIGNAL, 1)
        _ = CCurlShims_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = CCurlShims_set_text(handle, CURLOPT_PROXY, "")
        _ = CCurlShims_set_text(handle, CURLOPT_URL, request.url)
        if let path = request.socketPath { _ = CCurlShims_set_text(handle, CURLOPT_UNIX_SOCKET_PATH, path) }
        if let seconds = request.timeoutSeconds {
            _ = CCurlShims_set_number(handle, CURLOPT_TIMEOUT_MS, Int(seconds * 1000))
        }
        let owner = Unmanaged.passUnretained(self).toOpaque()
        _ = CCurlShims_set_transfer(handle, CURLOPT_WRITEFUNCTION) { octets, size, count, owner in
            guard let octets, let owner else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
            return transfer.take(UnsafeRawBufferPointer(start: octets, count: size * count))
        }
        _ = CCurlShims_set_pointer(handle, CURLOPT_WRITEDATA, owner)
        _ = CCurlShims_set_number(handle, CURLOPT_NOPROGRESS, 0)
        _ = CCurlShims_set_progress(handle, CURLOPT_XFERINFOFUNCTION) { owner, _, _, _, _ in
            guard let owner else { return 1 }
            return Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue().request.isGivenUp() ? 1 : 0
        }
        _ = CCurlShims_set_pointer(handle, CURLOPT_XFERINFODATA, owner)
        return prepareBody(handle, owner)
    }

    func failure(_ code: CURLcode) -> HTTPFailure {
        if isTooLong { return .answerTooLong }
        let text = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
            return .notConnected(text)
        case CURLE_OPERATION_TIMEDOUT: return .timedOut
        default: return .broken(text)
        }
    }

    private func prepareBody(
        _ handle: UnsafeMutableRawPointer, _ owner: UnsafeMutableRawPointer
    ) -> UnsafeMutablePointer<curl_slist>? {
        // Who sends much need not ask first: the other side is ours, or the request is short.
        var headers = curl_slist_append(nil, "Expect:")
        if let type = request.contentType { headers = curl_slist_append(headers, "Content-Type: \(type)") }
        _ = CCurlShims_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
        guard request.method == .post else { return headers }
        _ = CCurlShims_set_number(handle, CURLOPT_POST, 1)
        switch request.body {
        case .none:
            _ = CCurlShims_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, 0)
            _ = CCurlShims_set_text(handle, CURLOPT_COPYPOSTFIELDS, "")
        case .octets(let octets):
            _ = CCurlShims_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, Int64(octets.count))
            octets.withUnsafeBytes { raw in
                _ = CCurlShims_set_text(handle, CURLOPT_COPYPOSTFIELDS, raw.baseAddress?.assumingMemoryBound(to: CChar.self))
            }
        case .file(_, let octetCount):
            _ = CCurlShims_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, Int64(octetCount))
            _ = CCurlShims_set_transfer(handle, CURLOPT_READFUNCTION) { room, size, count, owner in
                guard let room, let owner else { return Int(CURL_READFUNC_ABORT) }
                return Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue().give(room, size * count)
            }
            _ = CCurlShims_set_pointer(handle, CURLOPT_READDATA, owner)
        }
        return headers
    }

    private func take(_ octets: UnsafeRawBufferPointer) -> Int {
        guard answer.count + octets.count <= request.answerOctetsMax else {
            isTooLong = true
            return 0
        }
        answer.append(contentsOf: octets)
        return octets.count
    }

    private func give(_ room: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
        guard case .file(let descriptor, _) = request.body else { return Int(CURL_READFUNC_ABORT) }
        while true {
            let got = read(descriptor, room, count)
            if got >= 0 { return got }
            if errno != EINTR { return Int(CURL_READFUNC_ABORT) }
        }
    }
}
