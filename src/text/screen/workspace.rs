//! Workspaces of the person's own: what is said of their files and names.

use super::texts;

texts! {
    /// What is said of a workspace's name, file or layout. `{}` is what it is about.
    Workspace {
        Saved: "화면 {} 저장", "workspace {} saved";
        Renamed: "화면 이름: {}", "the workspace is now {}";
        Forgotten: "화면 {} 삭제", "workspace {} removed";
        AskForget: "저장한 화면을 지울까요?", "remove this workspace?";
        AskReplace: "같은 이름의 화면을 바꿀까요?", "replace the workspace of this name?";
        NoneAtKey: "{} 번에 저장한 화면이 없습니다. : 에서 save 이름 으로 저장합니다",
            "no workspace is saved at {}: save NAME in the palette keeps this one";
        FileWrong: "화면 파일을 읽을 수 없어 쓰지 않습니다(파일은 그대로):", "a workspace file is wrong and left as it is:";
        MemoryWrong: "화면 기억을 읽을 수 없어 기본으로 시작합니다. 옮겨 둔 파일: {}",
            "what the screen remembered cannot be read: it starts anew, the file was put aside as {}";
        BadName: "이름은 글자·숫자·-·_ 로 24자까지입니다", "a name has up to 24 letters, digits, - and _";
        BuiltIn: "'{}' 은(는) 처음부터 있는 화면입니다", "'{}' is a workspace that comes with hoga";
        Missing: "'{}' 라는 화면은 없습니다", "there is no workspace '{}'";
        Exists: "'{}' 라는 화면이 이미 있습니다", "there is a workspace '{}' already";
        TooMany: "화면은 {} 개까지 저장합니다", "at most {} workspaces are kept";
        NoFolder: "저장할 폴더가 없습니다", "there is no folder to keep it in";
        System: "{}", "{}";
        TooLong: "너무 깁니다", "too long";
        UnknownKey: "'{}' 은(는) 모르는 항목입니다 (layout, focus, key)", "'{}' is not known here (layout, focus, key)";
        NoLayout: "layout 이 없습니다", "layout is missing";
        BadKey: "key 는 8 또는 9 입니다", "key is 8 or 9";
        NoPane: "'{}' 라는 창은 없습니다", "there is no pane '{}'";
        NotHere: "focus 의 '{}' 창이 배치에 없습니다", "focus: the pane '{}' is not in the layout";
        Twice: "'{}' 창이 두 번 있습니다", "the pane '{}' stands there twice";
        NotUnderstood: "배치를 알 수 없습니다: '{}'", "the layout is not understood at '{}'";
        Ends: "배치가 끝나지 않았습니다", "the layout ends too early";
        BadSize: "'{}' 은(는) 크기가 아닙니다: 칸 수 1~500 또는 *1~*9", "'{}' is no size: 1 to 500 cells, or *1 to *9";
        TooDeep: "배치가 너무 깊습니다", "the layout is too deep";
    }
}
