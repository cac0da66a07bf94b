/// An authority on P-256 and a leaf of it with an RSA key of 1024 bits, valid for a century: the laboratory makes no weak keys.
enum SmallKeyCertificates {
    /// Self-signed.
    static let root = """
        -----BEGIN CERTIFICATE-----
        MIIBmTCCAT+gAwIBAgIUfzpX4owv+yx10lWuVrE7LVq9GtswCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOU21hbGwgS2V5IFJvb3QwIBcNMjYxMTIzMTU0NjIzWhgPMjEy
        NjEwMzAxNTQ2MjNaMBkxFzAVBgNVBAMMDlNtYWxsIEtleSBSb290MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAEcY2mZT/ZB1N9AesT+auYDxkhPmzhvGpR1HbZCZbo
        w8rBWLzQCY94MHOCSIhigUbS5855LQFzsjisALCHibENN6NjMGEwHQYDVR0OBBYE
        FLo1AhAlqT6Ig6DExURF8aayYDnWMB8GA1UdIwQYMBaAFLo1AhAlqT6Ig6DExURF
        8aayYDnWMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMAoGCCqGSM49
        BAMCA0gAMEUCIG8QcDA+fDcTL3B07cVdYnxpKUxUf3rbdHQAZlSl+nJbAiEAgP5r
        fbqN/phG2UzxJ7MNerECvjRYHfwP8c6det20uS8=
        -----END CERTIFICATE-----
        """

    /// 1024 bits, clientAuth.
    static let leaf = """
        -----BEGIN CERTIFICATE-----
        MIIBuDCCAV6gAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5TbWFsbCBL
        ZXkgUm9vdDAgFw0yNjExMjMxNTQ2MjNaGA8yMTI2MTAzMDE1NDYyM1owEDEOMAwG
        A1UEAwwFc21hbGwwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAMGeDlsKqjbO
        3rZ6c70lyM5w1YvhDZvA7czudibjhZsTAdztdM6axK6c4c80ag+3BIDIMRqkssHx
        veLa9vG5b6CoooqMS+NrmW4Td9cLgiNNMpqzuiBAtCoth2GWOcBPb+GD95bQ5C4b
        RttmK/HTWvfV38XoSL52C/nQlsZ0Pfi7AgMBAAGjVzBVMBMGA1UdJQQMMAoGCCsG
        AQUFBwMCMB0GA1UdDgQWBBR6BovToBvSN/hVJSGi8brndIqiVjAfBgNVHSMEGDAW
        gBS6NQIQJak+iIOgxMVERfGmsmA51jAKBggqhkjOPQQDAgNIADBFAiAiOmxPRNme
        JZF0rCaUhkquLHrxGOGomwomULhCI1OeSgIhAJA8oi0wrCjnVN9UShSw/6zWHwAo
        OdFkW9EFSq1QCk5P
        -----END CERTIFICATE-----
        """
}
