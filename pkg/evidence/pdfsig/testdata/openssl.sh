#!/bin/bash
# Makes the openssl-*.pdf.gz and openssl-root.pem in this folder anew, in the folder given as argument: small PDFs whose CMS
# signatures, certificates, OCSP answers and CRLs are openssl's, and some gnutls's. Keys, dates and identifiers differ from run to run, so the
# files are committed and tests need no openssl.
#
# Debian 12: gnutls-bin openssl xxd
set -euo pipefail
out=$1
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
quiet() { "$@" 2>log || { echo "$@" >&2; tail -3 log >&2; exit 1; }; }

# two authorities and people under them, invented
cat >ext <<'CNF'
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[clock]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[responder]
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
subjectKeyIdentifier = hash
CNF
p256=(-algorithm EC -pkeyopt ec_paramgen_curve:P-256)
quiet openssl genpkey "${p256[@]}" -out root.key
quiet openssl req -x509 -new -key root.key -subj "/O=TEST ONLY/CN=Invented Root" -days 36500 -config <(printf '[req]\ndistinguished_name=d\n[d]\n') \
	-out root.pem -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
	-addext subjectKeyIdentifier=hash
serial=100
# who, section, issuer, options of genpkey
person() {
	local who=$1 section=$2 issuer=$3
	shift 3
	serial=$((serial + 1))
	quiet openssl genpkey "$@" -out "$who.key"
	quiet openssl req -new -key "$who.key" -subj "/O=TEST ONLY/CN=$who example" -out "$who.csr" -config <(printf '[req]\ndistinguished_name=d\n[d]\n')
	quiet openssl x509 -req -in "$who.csr" -CA "$issuer.pem" -CAkey "$issuer.key" -set_serial "${number:-$serial}" -days 36500 \
		-extfile ext -extensions "$section" -out "$who.pem"
}
rsa=(-algorithm RSA -pkeyopt rsa_keygen_bits:2048)
person rsa leaf root "${rsa[@]}"
person short leaf root -algorithm RSA -pkeyopt rsa_keygen_bits:1024
person pss leaf root -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048
person p256 leaf root "${p256[@]}"
person p384 leaf root -algorithm EC -pkeyopt ec_paramgen_curve:P-384
person p521 leaf root -algorithm EC -pkeyopt ec_paramgen_curve:P-521
person ed25519 leaf root -algorithm ED25519
person ed448 leaf root -algorithm ED448
person brainpool leaf root -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1
person k1 leaf root -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1
number=-77 person negative leaf root "${rsa[@]}"
person clock clock root "${p256[@]}"
person middle root root "${p256[@]}"
person below leaf middle "${p256[@]}"
person gone leaf middle "${p256[@]}"
person asked responder middle "${p256[@]}"
person liar leaf middle "${p256[@]}" # may not answer for its authority

# SubFilter, entries of the signature dictionary, entries of the catalog, files that become streams from number 6 on: gives head and tail
build() {
	local sub=$1 entries=$2 catalog=$3 file i=0 offsets=() tail
	room=7000
	shift 3
	begin() {
		i=$((i + 1))
		offsets[i]=$(wc -c <head)
		printf '%d 0 obj\n' $i >>head
	}
	add() {
		begin
		printf '%s\nendobj\n' "$1" >>head
	}
	printf '%%PDF-1.7\n' >head
	add "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /SigFlags 3 >> $catalog >>"
	add "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
	add "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 5 0 R /Resources << >> /Annots [4 0 R] >>"
	add "<< /Type /Annot /Subtype /Widget /FT /Sig /T (signer) /Rect [0 0 0 0] /F 132 /P 3 0 R /V $(($# + 6)) 0 R >>"
	add $'<< /Length 27 >>\nstream\n10 10 180 80 re S % Pay 100\nendstream'
	for file in "$@"; do
		begin
		printf '<< /Length %d >>\nstream\n' "$(wc -c <"$file")" >>head
		cat "$file" >>head
		printf '\nendstream\nendobj\n' >>head
	done
	begin
	local gap after xref text
	text="<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /$sub $entries /ByteRange [0 1111111111 2222222222 3333333333] /Contents "
	gap=$(($(wc -c <head) + ${#text})) after=$((gap + 2 * room + 2))
	tail=$' >>\nendobj\n'
	xref=$((after + ${#tail}))
	tail+="xref"$'\n'"0 $((i + 1))"$'\n'"0000000000 65535 f "$'\n'
	for ((file = 1; file <= i; file++)); do tail+=$(printf '%010d 00000 n ' "${offsets[file]}")$'\n'; done
	tail+="trailer"$'\n'"<< /Size $((i + 1)) /Root 1 0 R >>"$'\n'"startxref"$'\n'"$xref"$'\n'"%%EOF"$'\n'
	text=${text/1111111111/$(printf %010d $gap)}
	text=${text/2222222222/$(printf %010d $after)}
	text=${text/3333333333/$(printf %010d ${#tail})}
	printf %s "$text" >>head
	printf %s "$tail" >tail
	cat head tail >covered
}
# puts the file cms into the document
finish() {
	{
		cat head
		printf '<%s%s>' "$(xxd -p cms | tr -d '\n')" "$(printf "%0$((2 * room - 2 * $(wc -c <cms)))d" 0)"
		cat tail
	} | gzip -9n >"$out/openssl-$1.pdf.gz"
}
# a name, and the options of openssl cms for who signs how
cms() {
	local name=$1
	shift
	build adbe.pkcs7.detached "" ""
	quiet openssl cms -sign -binary -in covered -outform DER -out cms -certfile root.pem "$@"
	finish "$name"
}
# a name, who signs, and options of certtool: openssl 3.0 signs no CMS with Ed25519
gnutls() {
	build adbe.pkcs7.detached "" ""
	rm -f cms
	quiet certtool --p7-detached-sign --load-certificate "$2.pem" --load-privkey "$2.key" "${@:3}" --infile covered --outder --outfile cms
	finish "$1"
}
by() { printf '%s\n' -signer "$1.pem" -inkey "$1.key"; }
pss=(-keyopt rsa_padding_mode:pss)
cms rsa $(by rsa) -md sha256
cms rsa-sha512 $(by rsa) -md sha512
cms rsa-sha224 $(by rsa) -md sha224
cms rsa-sha1 $(by rsa) -md sha1
cms rsa-md5 $(by rsa) -md md5
cms rsa-1024 $(by short) -md sha256
cms rsa-sha3-256 $(by rsa) -md sha3-256
cms rsa-no-attributes $(by rsa) -md sha256 -noattr
cms rsa-key-identifier $(by rsa) -md sha256 -keyid
cms rsa-cades $(by rsa) -md sha256 -cades
cms pss $(by rsa) "${pss[@]}" -md sha256
cms pss-salt-32 $(by rsa) "${pss[@]}" -keyopt rsa_pss_saltlen:32 -md sha256
cms pss-sha384 $(by rsa) "${pss[@]}" -keyopt rsa_pss_saltlen:-1 -md sha384
cms pss-sha1 $(by rsa) "${pss[@]}" -keyopt rsa_pss_saltlen:20 -md sha1
cms pss-sha512 $(by rsa) "${pss[@]}" -keyopt rsa_pss_saltlen:-1 -md sha512
cms pss-key $(by pss) "${pss[@]}" -md sha256
cms pss-other-mask $(by rsa) "${pss[@]}" -keyopt rsa_mgf1_md:sha1 -keyopt rsa_pss_saltlen:32 -md sha256
cms ecdsa $(by p256) -md sha256
cms ecdsa-p384 $(by p384) -md sha384
cms ecdsa-p521 $(by p521) -md sha512
cms ecdsa-key-identifier $(by p256) -md sha256 -keyid
gnutls ed25519 ed25519 --p7-time
gnutls ed25519-no-attributes ed25519
gnutls ed448 ed448
gnutls gnutls-rsa rsa --p7-time --hash sha384
cms brainpool $(by brainpool) -md sha256
cms secp256k1 $(by k1) -md sha256
cms negative-serial $(by negative) -md sha256
cms negative-serial-key-identifier $(by negative) -md sha256 -keyid
cms two-signers $(by rsa) $(by p256) -md sha256
cms three-signers $(by rsa) $(by p384) $(by p256) -keyid -md sha512
cms not-its-certificate $(by rsa) -md sha256 -nocerts

build adbe.pkcs7.sha1 "" ""
openssl dgst -sha1 -binary covered >digest
quiet openssl cms -sign -binary -nodetach -in digest -outform DER -out cms $(by rsa) -md sha256
finish pkcs7-sha1
quiet openssl cms -sign -binary -nodetach -stream -in digest -outform DER -out cms $(by rsa) -md sha256
finish pkcs7-sha1-indefinite

# bare RSA signatures with certificates beside them
hex() { openssl x509 -in "$1.pem" -outform DER | xxd -p | tr -d '\n'; }
bare() {
	build adbe.x509.rsa_sha1 "/Cert $2" ""
	openssl dgst "-$3" -sign "$4.key" -out value covered
	openssl asn1parse -noout -genstr "FORMAT:HEX,OCTETSTRING:$(xxd -p value | tr -d '\n')" -out cms
	finish "x509-rsa-$1"
}
bare sha1 "<$(hex rsa)>" sha1 rsa
bare sha256 "[<$(hex rsa)> <$(hex root)>]" sha256 rsa
bare other-key "<$(hex rsa)>" sha1 negative

# a document time stamp
printf '[tsa]\ndefault_tsa = one\n[one]\nserial = serial\ncrypto_device = builtin\nsigner_digest = sha256\ndefault_policy = 1.2.3\n' >tsa
printf 'digests = sha256\nordering = yes\ness_cert_id_alg = sha256\n' >>tsa
build ETSI.RFC3161 "" ""
quiet openssl ts -query -data covered -sha256 -cert -out query
quiet openssl ts -reply -config tsa -queryfile query -signer clock.pem -inkey clock.key -token_out -out cms
finish document-time-stamp

# revocation data: middle and root keep lists, and answer for who is on them
index() { # authority, lines of who:status
	: >"$1.index"
	for line in "${@:2}"; do
		local who=${line%%:*} status=${line#*:} number
		number=$(openssl x509 -in "$who.pem" -noout -serial | cut -d= -f2)
		printf '%s\t21260101000000Z\t%s\t%s\tunknown\t/O=TEST ONLY/CN=%s example\n' "${status%%,*}" \
			"$([ "${status%%,*}" = V ] || echo "${status#*,}")" "$number" "$who" >>"$1.index"
	done
	printf 'unique_subject = no\n' >"$1.index.attr"
	printf '[ca]\ndefault_ca = one\n[one]\ndatabase = %s\ndefault_md = sha256\ncrlnumber = %s\n' "$1.index" "$1.number" >"$1.cnf"
	printf '01\n' >"$1.number"
}
index middle below:V gone:R,200101000000Z,keyCompromise
index root middle:V
crl() { quiet openssl ca -config "$1.cnf" -gencrl -keyfile "$1.key" -cert "$1.pem" -crldays 36000 -out crl.pem && openssl crl -in crl.pem -outform DER; }
ocsp() { # whose, authority, who answers
	quiet openssl ocsp -index "$2.index" -CA "$2.pem" -rsigner "$3.pem" -rkey "$3.key" -issuer "$2.pem" -cert "$1.pem" -no_nonce -ndays 36000 -respout answer
	cat answer
}
lt() { # a name, who signs, the entries of /DSS, its streams
	local name=$1 who=$2
	build adbe.pkcs7.detached "" "/DSS << $3 >>" "${@:4}"
	quiet openssl cms -sign -binary -in covered -outform DER -out cms -certfile middle.pem $(by "$who") -md sha256
	finish "$name"
}
crl middle >middle.crl
crl root >root.crl
ocsp below middle asked >below.ocsp
ocsp gone middle asked >gone.ocsp
ocsp below middle middle >below-own.ocsp
ocsp below middle liar >liar.ocsp
ocsp middle root root >middle.ocsp
lt revocation-crl below "/CRLs [6 0 R 7 0 R]" middle.crl root.crl
lt revocation-ocsp below "/OCSPs [6 0 R 7 0 R]" below.ocsp middle.ocsp
lt revocation-ocsp-own below "/OCSPs [6 0 R] /CRLs [7 0 R]" below-own.ocsp root.crl
lt revocation-ocsp-revoked gone "/OCSPs [6 0 R 7 0 R]" gone.ocsp middle.ocsp
lt revocation-crl-revoked gone "/CRLs [6 0 R 7 0 R]" middle.crl root.crl
lt revocation-liar below "/OCSPs [6 0 R 7 0 R]" liar.ocsp middle.ocsp
lt revocation-signer-only below "/OCSPs [6 0 R]" below.ocsp
lt revocation-none below ""

cp root.pem "$out/openssl-root.pem"
ls -l "$out" | wc -l
du -cb "$out"/openssl-* | tail -1
