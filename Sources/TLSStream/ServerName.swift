import COpenSSL
import COpenSSLShims
import Glibc

extension TLSStream {
    /// The server must prove this name, or this address, by its SAN (RFC 9525 §6: the common name is not consulted, a wildcard
    /// stands for a whole label). A DNS name is also sent as SNI.
    package func expect(serverName: String) -> Bool {
        expectedName = serverName
        SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        var address = in6_addr()
        let isAddress = inet_pton(AF_INET, serverName, &address) == 1 || inet_pton(AF_INET6, serverName, &address) == 1
        if isAddress { return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), serverName) == 1 }
        return SSL_set1_host(ssl, serverName) == 1 && COpenSSLShims_set_server_name(ssl, serverName) == 1
    }
}
