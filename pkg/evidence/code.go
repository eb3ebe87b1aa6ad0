package evidence

import "slices"

// Code identifies a kind of finding. Codes are stable.
type Code string

// Structure of the ZIP: positions, hidden and duplicate parts.
const (
	CodeNoEndRecord        Code = "no-end-record"
	CodeTrailingBytes      Code = "trailing-bytes"
	CodeCommentLength      Code = "comment-length"
	CodeEndInComment       Code = "end-in-comment"
	CodeDisk               Code = "disk"
	CodeEntryCount         Code = "entry-count"
	CodeDirectoryPlace     Code = "directory-place"
	CodeDirectoryRecord    Code = "directory-record"
	CodeSecondDirectory    Code = "second-directory"
	CodeZIP64Missing       Code = "zip64-missing"
	CodeZIP64Locator       Code = "zip64-locator"
	CodeZIP64End           Code = "zip64-end"
	CodeZIP64Disagrees     Code = "zip64-disagrees"
	CodeZIP64Extra         Code = "zip64-extra"
	CodeZIP64ExtraTwice    Code = "zip64-extra-twice"
	CodeZIP64ExtraUncalled Code = "zip64-extra-uncalled"
	CodeLocalHeader        Code = "local-header"
	CodePrefix             Code = "prefix"
	CodeGap                Code = "gap"
	CodeHiddenEntry        Code = "hidden-entry"
	CodeOverlap            Code = "overlap"
	CodeSharedEntry        Code = "shared-entry"
	CodeEmptyArchive       Code = "empty-archive"
	CodeExtraLength        Code = "extra-length"
	CodeExtraPadding       Code = "extra-padding"
	CodeGapPadding         Code = "gap-padding"
)

// Methods, sizes, CRCs and content.
const (
	CodeMethod           Code = "method"
	CodeMethodDiffers    Code = "method-differs"
	CodeFlagsDiffer      Code = "flags-differ"
	CodeCRCDiffers       Code = "crc-differs"
	CodeSizeDiffers      Code = "size-differs"
	CodeStoredSize       Code = "stored-size"
	CodeDescriptor       Code = "descriptor"
	CodeDescriptorInside Code = "descriptor-inside"
	CodeCRC              Code = "crc"
	CodeDataShort        Code = "data-short"
	CodeDataLong         Code = "data-long"
	CodeDataTruncated    Code = "data-truncated"
	CodeDataTrailing     Code = "data-trailing"
	CodeDataCorrupt      Code = "data-corrupt"
)

// Names of entries.
const (
	CodeNameDiffers       Code = "name-differs"
	CodeNameUnicodePath   Code = "name-unicode-path"
	CodeNameFlagDiffers   Code = "name-flag-differs"
	CodeNameCharset       Code = "name-charset"
	CodeNameUTF8          Code = "name-utf8"
	CodeNameControl       Code = "name-control"
	CodeNameBidi          Code = "name-bidi"
	CodeNameFormat        Code = "name-format"
	CodeNameBackslash     Code = "name-backslash"
	CodeNameColon         Code = "name-colon"
	CodeNameDrive         Code = "name-drive"
	CodeNameAbsolute      Code = "name-absolute"
	CodeNameDotDot        Code = "name-dot-dot"
	CodeNameDot           Code = "name-dot"
	CodeNameEmpty         Code = "name-empty"
	CodeNameTrailing      Code = "name-trailing"
	CodeNameReserved      Code = "name-reserved"
	CodeNameTwice         Code = "name-twice"
	CodeNameTwiceFolded   Code = "name-twice-folded"
	CodeNameFileAndFolder Code = "name-file-and-folder"
)

// Types of entries.
const (
	CodeEncrypted          Code = "encrypted"
	CodeMasked             Code = "masked"
	CodePatchData          Code = "patch-data"
	CodeSymlink            Code = "symlink"
	CodeSpecialFile        Code = "special-file"
	CodeTypeDiffers        Code = "type-differs"
	CodeFolderWithoutSlash Code = "folder-without-slash"
	CodeFolderWithContent  Code = "folder-with-content"
)

// More than the limits allow.
const (
	CodeFileTooLarge   Code = "file-too-large"
	CodeEntryTooLarge  Code = "entry-too-large"
	CodeTotalTooLarge  Code = "total-too-large"
	CodeTooManyEntries Code = "too-many-entries"
	CodeRatio          Code = "ratio"
	CodeNameTooLong    Code = "name-too-long"
	CodeNameTooDeep    Code = "name-too-deep"
)

// Oddities that every reader reads in the same way.
const (
	CodeArchiveComment Code = "archive-comment"
	CodeEntryComment   Code = "entry-comment"
	CodeUnknownExtra   Code = "unknown-extra"
	CodeUnknownFlags   Code = "unknown-flags"
	CodeVersionNeeded  Code = "version-needed"
	CodeSetuid         Code = "setuid"
	CodeOwner          Code = "owner"
	CodeOddDate        Code = "odd-date"
	CodeNestedZIP      Code = "nested-zip"
	CodeNameUnportable Code = "name-unportable"
	CodePipeType       Code = "pipe-type"
)

// CodeInfo describes a code.
type CodeInfo struct {
	Code  Code  `json:"code"`
	Class Class `json:"class"`
	// Severity is the severity of a finding of this code unless the limits change it.
	Severity Severity `json:"severity"`
	// Acceptable reports whether [Policy].Accept may contain the code.
	Acceptable bool `json:"acceptable"`
	// Description says what the code means.
	Description string `json:"description"`
}

// Codes describes all codes that a verification may report. Inspectors have codes of their own.
func Codes() []CodeInfo { return slices.Clone(codeTable[:]) }

// lookup returns the description of a code.
func lookup(code Code) (CodeInfo, bool) {
	for i := range codeTable {
		if codeTable[i].Code == code {
			return codeTable[i], true
		}
	}
	return CodeInfo{}, false
}

// codeTable is an array rather than a map, so that it costs nothing in a program that never uses
// it.
var codeTable = [...]CodeInfo{
	{CodeNoEndRecord, ClassStructure, SeverityRefusal, false,
		"there is no end record, so this is not a ZIP or a truncated one"},
	{CodeTrailingBytes, ClassStructure, SeverityRefusal, false, "bytes follow the end record"},
	{CodeCommentLength, ClassStructure, SeverityRefusal, false,
		"the archive comment claims to run past the end of the file"},
	{CodeEndInComment, ClassStructure, SeverityRefusal, false,
		"two end records reach the end of the file, one inside the comment of the other"},
	{CodeDisk, ClassStructure, SeverityRefusal, false, "the ZIP claims to be part of several disks"},
	{CodeEntryCount, ClassStructure, SeverityRefusal, false,
		"the number of directory records is not the number claimed"},
	{CodeDirectoryPlace, ClassStructure, SeverityRefusal, false,
		"the directory does not lie where the end record says, or does not end there"},
	{CodeDirectoryRecord, ClassStructure, SeverityRefusal, false,
		"a record of the directory is damaged or of another kind"},
	{CodeSecondDirectory, ClassStructure, SeverityRefusal, false, "a second directory precedes the directory"},
	{CodeZIP64Missing, ClassStructure, SeverityRefusal, false,
		"the end record refers to a ZIP64 end record that is not there"},
	{CodeZIP64Locator, ClassStructure, SeverityRefusal, false,
		"the ZIP64 locator does not point to the record in front of it"},
	{CodeZIP64End, ClassStructure, SeverityRefusal, false, "the ZIP64 end record is damaged or of another size"},
	{CodeZIP64Disagrees, ClassStructure, SeverityRefusal, false, "the ZIP64 end record and the end record disagree"},
	{CodeZIP64Extra, ClassStructure, SeverityRefusal, false,
		"a ZIP64 extra field is missing, disagrees, or lacks required fields"},
	{CodeZIP64ExtraTwice, ClassStructure, SeverityRefusal, false, "an entry has two ZIP64 extra fields"},
	{CodeZIP64ExtraUncalled, ClassStructure, SeverityRefusal, true,
		"an entry has a ZIP64 extra field that nothing calls for; it agrees with the header"},
	{CodeLocalHeader, ClassStructure, SeverityRefusal, false,
		"an entry has no local header where the directory says, or a truncated one"},
	{CodePrefix, ClassStructure, SeverityRefusal, false, "bytes lie in front of the first entry"},
	{CodeGap, ClassStructure, SeverityRefusal, false,
		"bytes lie between entries, or between the last and the directory"},
	{CodeHiddenEntry, ClassStructure, SeverityRefusal, false, "an entry is not in the directory"},
	{CodeOverlap, ClassStructure, SeverityRefusal, false, "an entry runs into the next or into the directory"},
	{CodeSharedEntry, ClassStructure, SeverityRefusal, false, "two directory records point to one entry"},
	{CodeEmptyArchive, ClassStructure, SeverityRefusal, false, "the ZIP has no entries"},
	{CodeExtraLength, ClassStructure, SeverityRefusal, false, "an extra field overruns its length"},
	{CodeExtraPadding, ClassStructure, SeverityRefusal, true,
		"fewer than 16,384 zeros, which are not a whole field, follow an entry's extra fields; they are skipped"},
	{CodeGapPadding, ClassStructure, SeverityRefusal, true, "zeros, fewer than 16,384, follow an entry; they are " +
		"skipped, and the directory says where the next entry lies"},

	{CodeMethod, ClassData, SeverityRefusal, false, "the method is neither stored nor deflated"},
	{CodeMethodDiffers, ClassData, SeverityRefusal, false, "local header and directory name different methods"},
	{CodeFlagsDiffer, ClassData, SeverityRefusal, false, "local header and directory have different flags"},
	{CodeCRCDiffers, ClassData, SeverityRefusal, false, "local header and directory have different CRCs"},
	{CodeSizeDiffers, ClassData, SeverityRefusal, false, "local header and directory have different sizes"},
	{CodeStoredSize, ClassData, SeverityRefusal, false, "a stored entry has two sizes"},
	{CodeDescriptor, ClassData, SeverityRefusal, false, "a data descriptor is missing or disagrees with the directory"},
	{CodeDescriptorInside, ClassData, SeverityRefusal, false,
		"a stored entry contains what a streaming reader mistakes for its end"},
	{CodeCRC, ClassData, SeverityRefusal, false, "the content does not match its CRC"},
	{CodeDataShort, ClassData, SeverityRefusal, false, "the content is shorter than claimed"},
	{CodeDataLong, ClassData, SeverityRefusal, false, "the content is longer than claimed"},
	{CodeDataTruncated, ClassData, SeverityRefusal, false, "the compressed data end before their last block does"},
	{CodeDataTrailing, ClassData, SeverityRefusal, false, "bytes follow the last block of the compressed data"},
	{CodeDataCorrupt, ClassData, SeverityRefusal, false, "the compressed data are damaged"},

	{CodeNameDiffers, ClassName, SeverityRefusal, false, "local header and directory have different names"},
	{CodeNameUnicodePath, ClassName, SeverityRefusal, false, "a Unicode path field has another name"},
	{CodeNameFlagDiffers, ClassName, SeverityRefusal, false,
		"only one of local header and directory calls its name UTF-8"},
	{CodeNameCharset, ClassName, SeverityRefusal, true,
		"the name is not ASCII and does not say that it is UTF-8; it is read as UTF-8 if it can be, else as CP437"},
	{CodeNameUTF8, ClassName, SeverityRefusal, false, "the name is not valid UTF-8"},
	{CodeNameControl, ClassName, SeverityRefusal, false, "the name contains control characters"},
	{CodeNameBidi, ClassName, SeverityRefusal, false,
		"the name contains characters that change the direction of writing"},
	{CodeNameFormat, ClassName, SeverityRefusal, true, "the name contains invisible format characters"},
	{CodeNameBackslash, ClassName, SeverityRefusal, true, "the name contains a backslash; it is read as a slash"},
	{CodeNameColon, ClassName, SeverityRefusal, true, "the name contains a colon"},
	{CodeNameDrive, ClassName, SeverityRefusal, false, "the name starts with a drive letter"},
	{CodeNameAbsolute, ClassName, SeverityRefusal, false, "the name is an absolute path"},
	{CodeNameDotDot, ClassName, SeverityRefusal, false, "the name has a part \"..\""},
	{CodeNameDot, ClassName, SeverityRefusal, false, "the name has a part \".\""},
	{CodeNameEmpty, ClassName, SeverityRefusal, false, "the name is empty or has an empty part"},
	{CodeNameTrailing, ClassName, SeverityRefusal, false, "a part of the name ends in a dot or a space"},
	{CodeNameReserved, ClassName, SeverityRefusal, false, "a part of the name is a device on Windows"},
	{CodeNameTwice, ClassName, SeverityRefusal, false, "two entries have the same name"},
	{CodeNameTwiceFolded, ClassName, SeverityRefusal, false,
		"two names are the same where case or composition does not count"},
	{CodeNameFileAndFolder, ClassName, SeverityRefusal, false, "a file is the folder of another entry"},

	{CodeEncrypted, ClassType, SeverityRefusal, false, "the entry is encrypted"},
	{CodeMasked, ClassType, SeverityRefusal, false, "the local header is masked"},
	{CodePatchData, ClassType, SeverityRefusal, false, "the entry is a patch"},
	{CodeSymlink, ClassType, SeverityRefusal, false, "the entry is a link"},
	{CodeSpecialFile, ClassType, SeverityRefusal, false, "the entry is a device, a pipe or a socket"},
	{CodeTypeDiffers, ClassType, SeverityRefusal, false, "the entry is of two types"},
	{CodeFolderWithoutSlash, ClassType, SeverityRefusal, false,
		"the entry is marked as a folder, but its name has no slash at the end"},
	{CodeFolderWithContent, ClassType, SeverityRefusal, false, "a folder has content"},

	{CodeFileTooLarge, ClassLimit, SeverityRefusal, false, "the ZIP is larger than the limit"},
	{CodeEntryTooLarge, ClassLimit, SeverityRefusal, false, "an entry is larger than the limit"},
	{CodeTotalTooLarge, ClassLimit, SeverityRefusal, false, "all entries together are larger than the limit"},
	{CodeTooManyEntries, ClassLimit, SeverityRefusal, false, "there are more entries than the limit"},
	{CodeRatio, ClassLimit, SeverityRefusal, false, "an entry grows more than the limit when decompressed"},
	{CodeNameTooLong, ClassLimit, SeverityRefusal, false, "a name is longer than the limit"},
	{CodeNameTooDeep, ClassLimit, SeverityRefusal, false, "a name has more parts than the limit"},

	{CodeArchiveComment, ClassOddity, SeverityNotice, true, "the ZIP has a comment"},
	{CodeEntryComment, ClassOddity, SeverityNotice, true, "an entry has a comment"},
	{CodeUnknownExtra, ClassOddity, SeverityNotice, true,
		"an entry has an extra field of a kind that is not known here"},
	{CodeUnknownFlags, ClassOddity, SeverityNotice, true, "an entry has flags without a meaning"},
	{CodeVersionNeeded, ClassOddity, SeverityNotice, true,
		"an entry claims to need a newer ZIP version than its features do"},
	{CodeSetuid, ClassOddity, SeverityNotice, true, "an entry has setuid, setgid or sticky bits"},
	{CodeOwner, ClassOddity, SeverityNotice, true, "an entry names its owner"},
	{CodeOddDate, ClassOddity, SeverityNotice, true, "an entry's date is not valid"},
	{CodeNestedZIP, ClassOddity, SeverityNotice, true, "an entry is a ZIP itself; it is not looked into"},
	{CodeNameUnportable, ClassOddity, SeverityNotice, true, "a name contains characters that Windows does not allow"},
	{CodePipeType, ClassOddity, SeverityNotice, true, "an entry that zip read from a pipe is marked as one"},
}
